"""Scrapy's settings. Ours are in `config.py`; both are read here, once, at the edge.

`scrapy list`, `scrapy crawl search -a site=… -a query=…` and `scrapy shell` work as in any Scrapy project.
"""

from monitor import config

#: Our own settings, handed to spiders and pipelines.
MONITOR = config.load()

BOT_NAME = "monitor"
SPIDER_MODULES = ["monitor.spiders"]
NEWSPIDER_MODULE = "monitor.spiders"
USER_AGENT = MONITOR.user_agent

# Manners: a site must not feel us. A profile's politeness makes these stricter or looser per site.
ROBOTSTXT_OBEY = True
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
DOWNLOAD_DELAY = 1.0
# a rate that somebody approved is a limit, not a mean
DOWNLOAD_DELAY_JITTER = 0
CONCURRENT_REQUESTS_PER_DOMAIN = 2
COOKIES_ENABLED = True
REFERRER_POLICY = "strict-origin-when-cross-origin"

# Safety: by default Scrapy verifies no certificate, takes bodies of 1 GiB, opens a telnet console, and since
# 2.19 a port on which whoever reads this user's files may run code.
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = MONITOR.download_timeout
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# Only http and https, by a handler that keeps the very bytes of the wire for the evidence.
DOWNLOAD_HANDLERS = {
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
    "http": "monitor.pipelines.wire.WireDownloadHandler",
    "https": "monitor.pipelines.wire.WireDownloadHandler",
}
REDIRECT_MAX_TIMES = 8
# Addresses that are not public and may be reached all the same: a profile's word (docs/safety.md). A proxy of
# the environment would resolve names where nobody checks them, so there is none.
ALLOW_PRIVATE: list[str] = []
HTTPPROXY_ENABLED = False

# Two more attempts for what may pass, with pauses; a site that asks for too long a one is left alone.
RETRY_TIMES = 2
RETRY_BACKOFF = 1.0
RETRY_LONGEST_WAIT = MONITOR.longest_wait
DOWNLOADER_MIDDLEWARES = {
    "monitor.spiders.picture_hosts.PictureHosts": 90,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "monitor.spiders.robots.ObeyRobots": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "monitor.spiders.patience.PatientRetryMiddleware": 550,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "monitor.pipelines.redirects.CarefulRefreshes": 580,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "monitor.pipelines.unpacking.BoundedUnpacking": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "monitor.pipelines.redirects.CarefulRedirects": 600,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "monitor.pipelines.cookies.OriginCookies": 700,
    # keys of open APIs: put on what goes to the API itself, taken off what a redirect sends elsewhere
    "monitor.spiders.api_headers.ApiHeaders": 940,
    # next to the downloader: sees responses before they are decompressed or redirects followed
    "monitor.pipelines.capture.CaptureMiddleware": 950,
}
SPIDER_MIDDLEWARES = {"monitor.pipelines.capture.AttachExchanges": 900}

# One item of a response at a time: a page must be committed before the next one of its unit is asked for.
CONCURRENT_ITEMS = 1
ITEM_PIPELINES = {"monitor.pipelines.pages.PagePipeline": 100}
EXTENSIONS = {"monitor.pipelines.checkpoint.Checkpoint": 100}

FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORTERS = {
    "jsonlines": "monitor.pipelines.feeds.ListingLines",
    "jsonl": "monitor.pipelines.feeds.ListingLines",
    "jl": "monitor.pipelines.feeds.ListingLines",
    "json": "monitor.pipelines.feeds.ListingJson",
    "csv": "monitor.pipelines.feeds.ListingCsv",
}
LOG_LEVEL = "INFO"
LOG_FORMATTER = "monitor.pipelines.logging.QuietItems"

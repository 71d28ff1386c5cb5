"""Django settings of the shop: stock django-oscar, in Chinese, on SQLite and Whoosh.

Runs only in the shop's own process, which `shop.py` tells through ``OSCAR_SHOP_FOLDER`` where its files live.
Oscar's installation guide asks for its defaults to be imported by star.
"""

import os
import secrets
from pathlib import Path

from oscar import INSTALLED_APPS as OSCAR_APPS
from oscar.defaults import *  # noqa: F403

#: Holds database, index, pictures and log.
FOLDER = Path(os.environ["OSCAR_SHOP_FOLDER"])

# sessions need not outlive the process
SECRET_KEY = secrets.token_hex()
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
SITE_ID = 1
ROOT_URLCONF = "monitor.demo.oscar.urls"
INSTALLED_APPS = [*OSCAR_APPS, "django.contrib.sitemaps"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en-gb", "British English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

OSCAR_SHOP_NAME = "小榕树童品"
OSCAR_SHOP_TAGLINE = "玩具 文具 童装"
OSCAR_DEFAULT_CURRENCY = "CNY"
# Oscar leaves thumbnails to one of two further packages, or to a class of one's own
OSCAR_THUMBNAILER = "monitor.demo.oscar.images.Originals"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "shop.sqlite3",
        # a crawler reads with many threads while every page view writes a counter
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=wal; PRAGMA synchronous=off",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

HAYSTACK_CONNECTIONS = {
    "default": {"ENGINE": "monitor.demo.oscar.search.ChineseWhooshEngine", "PATH": str(FOLDER / "index")}
}
# the index is built once, when the shop is filled
HAYSTACK_SIGNAL_PROCESSOR = "haystack.signals.BaseSignalProcessor"

STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = str(FOLDER / "media")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
]
AUTHENTICATION_BACKENDS = [
    "oscar.apps.customer.auth_backends.EmailBackend",
    "django.contrib.auth.backends.ModelBackend",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ]
        },
    }
]

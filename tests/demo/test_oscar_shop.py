"""The third-party shop: what it holds, how it starts and how it ends."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from decimal import Decimal
from urllib.parse import quote, urljoin

import pytest
from parsel import Selector

from monitor.demo.oscar import OscarError, OscarMissing, OscarShop, ProductsError
from monitor.demo.oscar.products import load
from monitor.extraction import Page, PageKind, load_profile, read_page

SEVEN = {
    "toothpick_crossbow",
    "water_beads",
    "laser_pointer",
    "magnet_balls",
    "pocket_slingshot",
    "metal_dart",
    "shock_toy",
}

live = [pytest.mark.slow, pytest.mark.xdist_group("oscar")]


def get(url):
    """Fetch `url`: status, final address, text."""
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return response.status, response.url, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.url, error.read().decode()


def rows(url):
    """Every row of a list, by following 下一个 to its end: (title, absolute link, price text)."""
    found = []
    while url:
        status, here, text = get(url)
        assert status == 200
        page = Selector(text)
        found += [
            (
                row.css("h3 a::attr(title)").get(),
                urljoin(here, row.css("h3 a::attr(href)").get()),
                row.css(".price_color::text").get(),
            )
            for row in page.css("article.product_pod")
        ]
        following = page.xpath(
            "//ul[contains(@class,'pagination')]//a[normalize-space()='下一个']/@href"
        ).get()
        url = urljoin(here, following) if following else None
    return found


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def truth(products):
    return Counter((product.title, product.url, f"¥{product.price}") for product in products)


class TestGoods:
    def test_they_are_as_many_and_as_various_as_the_main_job_needs(self):
        goods = load()
        dangerous = [product for product in goods if product.expect.suspect]
        assert len(goods) >= 100
        assert len({product.title for product in goods}) == len(goods)
        assert len(dangerous) >= 18
        assert {hazard for product in dangerous for hazard in product.expect.hazards} == SEVEN
        assert sum(product.expect.evasion is not None for product in dangerous) >= 8
        assert sum(product.expect.trap is not None for product in goods) >= 30
        assert {product.expect.category for product in goods} == {"TOY", "STA", "APP", "MASK", "INF", None}

    def test_a_trap_is_never_to_be_a_suspect(self):
        assert all(product.expect.suspect is False for product in load() if product.expect.trap)

    def test_no_maker_can_be_mistaken_for_a_real_one(self):
        makers = {product.attributes.get("生产企业", "示例") for product in load()}
        assert all("示例" in maker for maker in makers)

    def test_a_wrong_entry_is_named(self, tmp_path):
        file = tmp_path / "products.yaml"
        file.write_text(
            "products:\n- {title: 积木, category: [玩具], price: '0', attributes: {}, "
            "description: '', expect: {}}\n",
            encoding="utf-8",
        )
        with pytest.raises(ProductsError, match=r"products\.yaml: products\.0\.price: .*greater than 0"):
            load(file)


class TestWithoutTheExtra:
    def test_the_error_names_it(self, monkeypatch, tmp_path):
        monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
        with pytest.raises(OscarMissing, match=r"pip install 'monitor\[oscar\]'"), OscarShop(tmp_path):
            pass


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Folder of a shop that was filled and is not running; its first start was cut short in the middle."""
    folder = tmp_path_factory.mktemp("oscar") / "shop"
    with pytest.raises(OscarError, match="did not start within"), OscarShop(folder, start_timeout=2.5):
        pass
    assert not (folder / "placed.json").exists()
    with OscarShop(folder) as shop:
        pid, address = shop.pid, shop.base_url
    assert not is_running(pid)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=5)
    return folder


@pytest.fixture(scope="module")
def shop(filled, tmp_path_factory):
    """A running shop, started from a filled folder."""
    folder = tmp_path_factory.mktemp("oscar") / "shop"
    shutil.copytree(filled, folder, symlinks=True)
    began = time.monotonic()
    with OscarShop(folder) as shop:
        shop.took = time.monotonic() - began
        yield shop


class TestShop:
    pytestmark = live

    def test_a_later_start_is_quick_and_doubles_nothing(self, shop):
        assert shop.took < 10
        assert len(shop.products) == len(load())

    def test_pages_list_every_product_once(self, shop):
        assert Counter(rows(f"{shop.base_url}/catalogue/")) == truth(shop.products)

    def test_a_category_lists_its_own_goods(self, shop):
        _, _, text = get(f"{shop.base_url}/catalogue/")
        menu = Selector(text).css(".side_categories a")
        links = {a.xpath("normalize-space()").get(): urljoin(shop.base_url, a.attrib["href"]) for a in menu}
        for name in ("儿童玩具", "磁力玩具", "家居百货"):
            assert re.search(r"/catalogue/category/\S+_\d+/$", links[name])
            inside = [product for product in shop.products if name in product.category]
            assert Counter(rows(links[name])) == truth(inside)

    @pytest.mark.parametrize("word", ["飞镖", "磁力", "口罩", "牙签", "儿童", "积木"])
    def test_search_finds_a_word_of_two_characters(self, shop, word):
        found = rows(f"{shop.base_url}/search/?q={quote(word)}")
        titled = truth(product for product in shop.products if word in product.title)
        assert titled
        assert not titled - Counter(found)
        assert max(Counter(found).values()) == 1

    def test_search_says_how_many_it_found(self, shop):
        _, _, text = get(f"{shop.base_url}/search/?q={quote('飞镖')}")
        assert Selector(text).css("form strong::text").get() == str(
            len(rows(f"{shop.base_url}/search/?q={quote('飞镖')}"))
        )

    def test_the_sitemap_lists_every_product_and_category(self, shop):
        locations = re.compile("<loc>([^<]+)</loc>")
        parts = locations.findall(get(f"{shop.base_url}/sitemap.xml")[2])
        assert parts == [f"{shop.base_url}/sitemap-{part}.xml" for part in ("products", "categories")]
        products, categories = (locations.findall(get(part)[2]) for part in parts)
        assert Counter(products) == Counter(product.url for product in shop.products)
        paths = {product.category[:n] for product in shop.products for n in (1, 2)}
        assert len(categories) == len(paths)

    def test_a_detail_page_shows_title_price_attributes_and_description(self, shop):
        product = next(p for p in shop.products if "3C证书编号" in p.attributes and "厂址" in p.attributes)
        status, address, text = get(product.url)
        page = Selector(text)
        assert (status, address) == (200, product.url)
        assert page.css(".product_main h1::text").get() == product.title
        assert page.css(".product_main .price_color::text").get() == f"¥{product.price}"
        table = {
            row.css("th::text").get(): row.css("td").xpath("normalize-space()").get()
            for row in page.css("article.product_page table tr")
        }
        assert table.items() >= product.attributes.items()
        assert product.description in page.css("#product_description ~ p::text").getall()
        assert tuple(page.css(".breadcrumb-item a::text").getall()[1:]) == product.category

    def test_labels_are_never_shown(self, shop):
        dangerous = next(product for product in shop.products if product.expect.suspect)
        text = get(dangerous.url)[2]
        assert not [word for word in ("expect", "suspect", *dangerous.expect.hazards) if word in text]

    def test_quirks_of_the_engine(self, shop):
        product = shop.products[0]
        assert get(f"{shop.base_url}/catalogue/?page=99")[1] == f"{shop.base_url}/catalogue/"
        assert get(f"{shop.base_url}/search/?q={quote('儿童')}&page=99")[0] == 404
        assert get(f"{shop.base_url}/catalogue/wrong-slug_{product.id}/")[1] == product.url
        assert get(f"{shop.base_url}/catalogue/none_99999/")[0] == 404
        assert get(f"{shop.base_url}/robots.txt")[0] == 404

    def test_truth_is_what_was_seeded(self, shop):
        assert [(p.title, p.price, dict(p.attributes), p.expect) for p in shop.products] == [
            (p.title, p.price, p.attributes, p.expect) for p in load()
        ]
        assert all(isinstance(product.price, Decimal) for product in shop.products)

    def test_a_second_shop_in_the_same_folder_is_refused(self, shop):
        with pytest.raises(OscarError, match="another shop runs from"), OscarShop(shop.folder):
            pass
        assert get(f"{shop.base_url}/catalogue/")[0] == 200

    def test_the_last_words_of_a_crash_are_passed_on(self, tmp_path):
        (tmp_path / "shop.sqlite3").mkdir()
        with (
            pytest.raises(OscarError, match=r"did not start: IsADirectoryError: .*shop\.sqlite3.* \(log: "),
            OscarShop(tmp_path),
        ):
            pass

    def test_a_taken_port_is_named(self, shop, tmp_path):
        port = int(shop.base_url.rpartition(":")[2])
        with (
            pytest.raises(OscarError, match=rf"cannot listen on 127\.0\.0\.1:{port}"),
            OscarShop(tmp_path, port),
        ):
            pass

    def test_it_ends_with_whoever_started_it(self, filled, tmp_path):
        folder = tmp_path / "shop"
        shutil.copytree(filled, folder, symlinks=True)
        code = (
            "import sys, time; from pathlib import Path; from monitor.demo.oscar import OscarShop\n"
            "with OscarShop(Path(sys.argv[1])) as shop: print(shop.pid, flush=True); time.sleep(60)"
        )
        with subprocess.Popen([sys.executable, "-c", code, folder], stdout=subprocess.PIPE) as starter:
            pid = int(starter.stdout.readline())
            assert is_running(pid)
            starter.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 10
        while is_running(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not is_running(pid)


def page(url):
    """Fetch `url` as the extraction room wants it."""
    with urllib.request.urlopen(url, timeout=30) as response:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Page(url=response.url, body=response.read(), status=response.status, headers=headers)


@pytest.fixture
def profile(shop):
    """The shipped profile, for this shop."""
    return load_profile("django_oscar").at(shop.base_url)


class TestShippedProfile:
    pytestmark = live

    def test_it_reads_the_whole_catalogue(self, shop, profile):
        ((url, kind),) = profile.shop_start_urls()
        found = []
        while url:
            reading = read_page(page(url), profile, kind)
            assert reading.total == len(shop.products)
            found += reading.listings
            url = reading.next_url
        assert sorted((int(row.item_id), row.title, row.price, row.url) for row in found) == [
            (product.id, product.title, product.price, product.url) for product in shop.products
        ]

    def test_it_reads_every_detail_page_back_to_the_truth(self, shop, profile):
        for product in shop.products:
            (listing,) = read_page(page(product.url), profile, PageKind.DETAIL).listings
            assert (listing.title, listing.price) == (product.title, product.price)
            assert (listing.breadcrumb, listing.description) == (product.category, product.description)
            # Oscar's own number of the product stands in the same table
            values = [value for name, value in listing.attributes.items() if name != "barcode"]
            assert sorted(values) == sorted(product.attributes.values())

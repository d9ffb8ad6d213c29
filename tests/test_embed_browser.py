"""Embeds in a real browser: in pages of another origin whose policy lets nothing inline in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from extract.matcher import Matcher
from tests.chromium import NARROW, PROGRAM, WIDE, Visit, chromium, sample_graph_folder, visit
from tests.elsewhere import PAGES, elsewhere, policy
from tests.serving import serve

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed"),
]

WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page elsewhere</title>'
    '<link rel="stylesheet" href="page.css">'
    '<script type="module" src="{glossary}/embed.js"></script></head><body><main>'
)
SITE = {
    "map.html": HEAD + '<h1>Map</h1><glossary-map term="Customer onboarding"></glossary-map>',
    "list.html": HEAD + '<h1>List</h1><glossary-map term="churn" view="list" theme="dark">',
    "inline.html": HEAD + '<h1>Drawing</h1><glossary-map term="churn" inline></glossary-map>',
    "frame.html": HEAD + "<h1>Frame</h1>"
    '<iframe src="{glossary}/embed/churn" title="Concept map: Churn" height="100"></iframe>',
    "term.html": HEAD + "<h1>Terms</h1>"
    '<p>We fight <glossary-term term="churn">leaving</glossary-term> with a '
    "<glossary-term>Kickoff call</glossary-term>.</p>"
    '<p id="gone">There is no <glossary-term term="flying-carpet">carpet</glossary-term>.</p>',
    "gone.html": HEAD + '<h1>Gone</h1><glossary-map term="flying-carpet"></glossary-map>',
    "bare.html": '<!doctype html><html lang="en"><title>Bare</title><h1>Bare</h1>',
}  # fmt: skip


@pytest.fixture(scope="module")
def glossary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample glossary, served to pages of one other origin pattern."""
    folder = sample_graph_folder(tmp_path_factory.mktemp("graph"))
    with serve(folder, GLOSSGRAPH_EMBED="http://localhost:*") as served:
        yield served.address.replace("localhost", "127.0.0.1")


@pytest.fixture(scope="module")
def site(glossary: str) -> Iterator[str]:
    with elsewhere(glossary, SITE, policy=policy(glossary)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def seen(browser: Browser, site: str, glossary: str) -> Iterator[Visit]:
    """A page elsewhere: nothing asked of a third origin, no complaint but of what is not there."""
    with visit(browser, site) as seen:
        yield seen
        assert not [each for each in seen.requests if not each.startswith((site, glossary))]
        assert [each for each in seen.complaints if "status of 404" not in each] == []


def test_map_in_a_strict_page(seen: Visit) -> None:
    """The frame gets as high as its page, its boxes lead on inside it, and it names the term."""
    page = seen.page
    page.goto("/map.html")
    element = page.locator("glossary-map")
    expect(element).to_have_attribute("data-state", "shown")
    frame = page.frame_locator("glossary-map iframe")
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Customer onboarding")
    _fits(page)
    frame.locator("a.n:visible", has_text="Churn").first.click()
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Churn")
    expect(page.locator("glossary-map iframe")).to_have_attribute("title", re.compile("^Churn · "))
    _fits(page)
    frame.get_by_text("The map in words").click()
    expect(frame.locator(".words .phrase").first).to_be_visible()
    _fits(page)


def _fits(page: Page) -> None:
    """The frame needs no scroll bar and has no blank of more than a line."""
    inside = page.locator("iframe").first.element_handle().content_frame()
    assert inside is not None
    page.wait_for_function(
        "frame => Math.abs(frame.clientHeight - frame.height) < 2",
        arg=page.locator("iframe").first.element_handle(),
    )
    needed = "document.body.getBoundingClientRect().height - innerHeight"
    inside.wait_for_function(f"() => {needed} <= 0 && {needed} >= -24")


def test_a_pasted_frame_grows_too(seen: Visit) -> None:
    """A plain iframe beside the script is as high as its page."""
    seen.page.goto("/frame.html")
    expect(seen.page.locator("iframe")).not_to_have_attribute("height", "100")
    _fits(seen.page)


def test_list_and_drawing(seen: Visit) -> None:
    """`view=list` says the map without drawing it; `inline` draws it in the page, with a title."""
    page = seen.page
    page.goto("/list.html")
    frame = page.frame_locator("iframe")
    expect(frame.locator(".words .phrase").first).to_be_visible()
    expect(frame.locator("svg.cmap").first).to_be_hidden()
    assert frame.locator("html").get_attribute("data-theme") == "dark"
    page.goto("/inline.html")
    drawing = page.locator("glossary-map svg")
    expect(drawing).to_be_visible()
    expect(drawing.locator("title").first).to_have_text("Concept map of Churn")
    expect(drawing.get_by_text("Source:")).to_be_visible()


def test_what_is_not_there_says_so(seen: Visit) -> None:
    """An unknown term says so in the frame, with a link to the glossary."""
    seen.page.goto("/gone.html")
    frame = seen.page.frame_locator("iframe")
    expect(frame.get_by_role("heading")).to_have_text("This term is not here")


def test_an_origin_that_may_not(browser: Browser, site: str, glossary: str) -> None:
    """In a page of an origin that the settings do not name, words stand in for the frame."""
    with visit(browser, site.replace("localhost", "elsewhere.localhost")) as seen:
        seen.page.goto("/map.html")
        element = seen.page.locator("glossary-map")
        expect(element).to_have_attribute("data-state", "silent")
        expect(element.locator("p")).to_contain_text("The glossary does not answer.")
        link = element.get_by_role("link", name="Open Customer onboarding in the glossary")
        expect(link).to_have_attribute("href", f"{glossary}/concepts/Customer%20onboarding.html")


def test_card_by_keyboard(seen: Visit) -> None:
    """Focus shows a term's card, which describes the link; Escape closes it and focus stays."""
    page = seen.page
    page.goto("/term.html")
    page.keyboard.press("Tab")
    card = page.get_by_role("tooltip")
    expect(card).to_contain_text("loss of customers")
    expect(card).to_contain_text("Tallowmere")
    link = page.get_by_role("link", name="leaving")
    expect(link).to_be_focused()
    assert link.evaluate("a => a.getRootNode().getElementById('card').textContent").startswith(
        "Churn"
    )
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(link).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("tooltip")).to_contain_text("Kickoff call")
    expect(page.get_by_role("tooltip")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.get_by_role("tooltip")).to_have_text("This term is not in the glossary.")


def test_card_by_pointer(seen: Visit) -> None:
    """Hovering shows the card within the window, it may be hovered itself, and goes afterwards."""
    page = seen.page
    page.goto("/term.html")
    page.get_by_role("link", name="leaving").hover()
    card = page.get_by_role("tooltip")
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= WIDE["width"]
    card.hover()
    page.evaluate(
        "new Promise((done) => setTimeout(done, 400))"
    )  # longer than the card's own timer
    expect(card).to_be_visible()
    page.mouse.move(5, 700)
    expect(card).to_be_hidden()
    page.get_by_role("link", name="leaving").click()
    page.wait_for_url("**/concepts/churn.html")


def test_card_by_touch(browser: Browser, site: str) -> None:
    """On a touch screen the first tap shows the card, the second follows the link."""
    with visit(browser, site, viewport=NARROW, is_mobile=True, has_touch=True) as seen:
        page = seen.page
        page.goto("/term.html")
        page.get_by_role("link", name="leaving").tap()
        expect(page.get_by_role("tooltip")).to_be_visible()
        page.get_by_role("link", name="leaving").tap()
        page.wait_for_url("**/concepts/churn.html")


def test_cards_without_a_server(browser: Browser, site: str) -> None:
    """Where the glossary stops answering, the card says so and the link stays."""
    with visit(browser, site) as seen:
        page = seen.page
        page.goto("/term.html")
        page.locator("glossary-term").first.wait_for()
        page.context.set_offline(True)
        page.keyboard.press("Tab")
        expect(page.get_by_role("tooltip")).to_have_text("The glossary does not answer.")


# Heading of the section, slug, words, in order; nothing else is linked.
LINKS: Mapping[str, list[tuple[str, str, str]]] = {
    "prose.html": [
        ("What we learnt from a year of churn", "customer-success", "customer success"),
        ("What we learnt from a year of churn", "churn-rate", "churn rate"),
        ("What we learnt from a year of churn", "customer-health-score", "health\nscores"),
        ("What we learnt from a year of churn", "quarterly-business-review", "QBRs"),
        ("What we learnt from a year of churn", "churn", "churn"),
        ("What we learnt from a year of churn", "kickoff-call", "kickoff\ncall"),
        ("What we learnt from a year of churn", "data-migration", "data migration"),
        ("What we learnt from a year of churn", "executive-sponsor", "executive sponsor"),
        ("What we learnt from a year of churn", "first-value", "first value"),
        ("What onboarding has to do with it", "customer-onboarding", "customer onboarding"),
        ("What onboarding has to do with it", "time-to-value", "time to value"),
        ("What onboarding has to do with it", "renewal", "renewal"),
        ("What onboarding has to do with it", "net-revenue-retention", "NRR"),
        ("What onboarding has to do with it", "guided-onboarding", "Guided onboardings"),
        ("What onboarding has to do with it", "self-serve-onboarding", "Self-serve onboarding"),
        ("What onboarding has to do with it", "customer-success-manager",
         "customer success manager"),
        ("What we measure now", "activation-rate", "activation rate"),
        ("What we measure now", "customer-satisfaction-score", "CSAT"),
        ("What we measure now", "escalation", "escalation"),
        ("What we measure now", "logo-churn", "logo churn"),
        ("What we measure now", "revenue-churn", "revenue churn"),
        ("What we measure now", "champion", "champion"),
        ("What we measure now", "early-warning-system", "early-warning\nsystem"),
        ("Other posts", "reseller", "reseller"),
    ],
    "lms.html": [
        ("Module 3: Partners who sell with you", "reseller", "reseller"),
        ("Module 3: Partners who sell with you", "referral-partner", "referral partner"),
        ("Module 3: Partners who sell with you", "partner-program", "partner program"),
        ("The case", "reseller", "resellers"),
        ("The case", "deal-registration", "deal registration"),
        ("The case", "channel-conflict", "channel conflict"),
        ("The case", "partner-manager", "partner manager"),
        ("The case", "partner-portal", "partner portal"),
        ("The case", "market-development-funds", "MDFs"),
        ("The case", "partner-tier", "Partner tier"),
        ("The case", "integration", "Integrations"),
        ("The case", "technology-partner", "technology partner"),
    ],
    "docs.html": [
        ("Net revenue retention", "net-revenue-retention", "net revenue retention"),
        ("Net revenue retention", "expansion", "expansion"),
        ("Net revenue retention", "monthly-recurring-revenue", "MRR"),
        ("Parameters", "cross-sell", "cross-sells"),
        ("Parameters", "upsell", "Up-sells"),
        ("Parameters", "customer-lifetime-value", "customer’s lifetime value"),
        ("Parameters", "average-revenue-per-account", "Average revenue per account"),
        ("Parameters", "customer-acquisition-cost", "CAC"),
        ("Errors", "monthly-recurring-revenue", "MRR"),
        ("Errors", "net-revenue-retention", "net-revenue-retention"),
        ("Errors", "data-migration", "data migration"),
        ("Errors", "renewal-rate", "renewal rate"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", LINKS)
def test_links_in_pages(seen: Visit, name: str) -> None:
    """In a real-looking page the first mention of each term of a section is linked, no other."""
    page = seen.page
    page.goto(f"/{name}")
    page.locator("glossary-term").first.wait_for()
    found = page.evaluate(
        """() => [...document.querySelectorAll("glossary-term")].map(each => {
          const heads = [...document.querySelectorAll("h1, h2, h3")].filter(
            head => head.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING);
          return [heads.at(-1).textContent, each.getAttribute("term"), each.textContent];
        })"""
    )
    assert [tuple(each) for each in found] == LINKS[name]
    source = re.sub(r"<[^>]+>", "", (PAGES / name).read_text(encoding="utf-8"))
    text = page.evaluate("document.body.textContent")
    assert "".join(text.split()) in "".join(source.replace("&amp;", "&").split())
    page.locator("glossary-term a").first.focus()
    page.keyboard.press("Shift")
    assert not [each for each in seen.requests if "annotate" in each], "texts stay in the page"


def test_the_script_finds_what_the_server_finds(seen: Visit, glossary: str) -> None:
    """Matcher in the browser and Matcher on the server agree, place by place, on every text."""
    index = httpx.get(f"{glossary}/labels.json").json()
    labels = [
        (label, (slug, place == 0))
        for slug, *labels in index["concepts"]
        for place, label in enumerate(labels)
    ]
    matcher = Matcher(labels, language=index["language"])
    texts = [
        re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")) for page in PAGES.glob("*.html")
    ]
    texts += [
        "The NRRs, Nrr, nrr and NRR's; hand-off, HANDOFF; cs and CS; the sales-to-success handoffs",
        "Upsell, up-sell, up sell; co selling and coselling; churn\n rate, churn,rate; churn. Rate",
        "customers’ churn’s rates; Net Promoter Scores®; white-labelling, Fußball, Größe, TTV/CAC",
    ]
    seen.page.goto("/term.html")
    found = seen.page.evaluate(
        """async ([glossary, texts]) => {
          const { Matcher } = await import(`${glossary}/static/embed/matcher.js`);
          const matcher = new Matcher(await (await fetch(`${glossary}/labels.json`)).json());
          const row = ({ start, end, slug }) => [start, end, slug];
          return texts.map(text => matcher.find(text).map(row));
        }""",
        [glossary, texts],
    )
    for text, ours in zip(texts, found, strict=True):
        wanted = []
        for match in matcher.find(text):
            own = {slug for slug, preferred in match.payloads if preferred}
            all_ = {slug for slug, _ in match.payloads}
            chosen = own if len(own) == 1 else all_ if len(all_) == 1 else {None}
            wanted.append([match.start, match.end, *chosen])
        assert ours == wanted, text


def test_dialog_by_keyboard(browser: Browser, glossary: str) -> None:
    """Enter opens the dialog, arrows change its tabs, choices change code and preview, Escape ends.

    The code that stands there works.
    """
    with visit(browser, glossary, permissions=["clipboard-read", "clipboard-write"]) as seen:
        page = seen.page
        page.goto("/concepts/churn")
        button = page.get_by_role("link", name="Embed or export")
        button.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Embed or export Churn")
        expect(dialog).to_be_visible()
        dialog.get_by_role("tab", name="Frame").focus()
        page.keyboard.press("ArrowRight")
        expect(dialog.get_by_role("tab", name="Elements")).to_have_attribute(
            "aria-selected", "true"
        )
        expect(dialog.locator("#code-map")).to_be_visible()
        page.keyboard.press("Home")
        expect(dialog.locator("#code-map")).to_be_hidden()
        dialog.get_by_label("Colours").select_option("dark")
        dialog.get_by_label("Form").select_option("list")
        expect(dialog.locator("#code-frame")).to_contain_text("/embed/churn?theme=dark&view=list")
        preview = page.frame_locator("iframe.preview")
        expect(preview.locator(".words .phrase").first).to_be_visible()
        assert preview.locator("html").get_attribute("data-theme") == "dark"
        dialog.get_by_role("button", name="Copy Frame").click()
        expect(dialog.get_by_role("button", name="Copied Frame")).to_be_visible()
        code = page.evaluate("navigator.clipboard.readText()")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(button).to_be_focused()
        assert seen.complaints == []
    pasted = f'<!doctype html><html lang="en"><title>Pasted</title>{code}'
    with elsewhere(glossary, {"pasted.html": pasted}) as address, visit(browser, address) as seen:
        seen.page.goto("/pasted.html")
        expect(seen.page.frame_locator("iframe").get_by_role("heading", level=1)).to_contain_text(
            "Churn"
        )


def test_what_to_copy_without_javascript(browser: Browser, glossary: str) -> None:
    """The button leads to a page with everything on it."""
    with visit(browser, glossary, java_script_enabled=False) as seen:
        seen.page.goto("/concepts/churn")
        seen.page.get_by_role("link", name="Embed or export").click()
        seen.page.wait_for_url("**/share/churn")
        for code in ("frame", "map", "alternative", "address"):
            expect(seen.page.locator(f"#code-{code}")).to_be_visible()


VIEWS = pytest.mark.parametrize(
    ("theme", "viewport"),
    [(theme, size) for theme in ("light", "dark") for size in (WIDE, NARROW)],
    ids=["light-wide", "light-narrow", "dark-wide", "dark-narrow"],
)


@VIEWS
def test_wcag(browser: Browser, glossary: str, theme: str, viewport: Mapping[str, int]) -> None:
    """axe-core finds nothing against WCAG 2.2 AA in embeds; none is wider than its window."""
    axe = Axe()
    with visit(browser, glossary, color_scheme=theme, viewport=viewport) as seen:
        page = seen.page
        for path in (
            "/embed/customer-onboarding", "/embed/churn?depth=2", "/embed/churn?view=list&lang=de",
            "/embed/flying-carpet", "/share/churn", "/concepts/churn#dialog",
        ):  # fmt: skip
            page.goto(path)
            if path.endswith("#dialog"):
                page.get_by_role("link", name="Embed or export").click()
                page.get_by_role("dialog").wait_for()
            for tab in page.get_by_role("tab").all()[1:]:
                tab.click()
                found = axe.run(page, options=WCAG).response["violations"]
                assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], path
            for summary in page.locator("details.words:not([open]) > summary").all():
                summary.click()
            found = axe.run(page, options=WCAG).response["violations"]
            assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], path
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(wide) <= 0, path


@VIEWS
def test_wcag_of_cards(
    browser: Browser, site: str, theme: str, viewport: Mapping[str, int]
) -> None:
    """A page elsewhere keeps to WCAG 2.2 AA with our links, an open card and a map in it."""
    axe = Axe()
    with visit(browser, site, color_scheme=theme, viewport=viewport, bypass_csp=True) as seen:
        seen.page.goto("/term.html")
        seen.page.keyboard.press("Tab")
        expect(seen.page.get_by_role("tooltip")).to_be_visible()
        found = axe.run(seen.page, options=WCAG).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []

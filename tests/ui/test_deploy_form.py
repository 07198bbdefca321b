"""The form follows the server: which nodes can be chosen, by which means, and with which options."""

import json
from pathlib import Path

import pytest
from textual.events import Key, Paste

from orch_tui.domain.capabilities import Option
from orch_tui.domain.deploy import DeployDraft, Mode
from orch_tui.domain.scope import NodeNames, ScopeKind
from orch_tui.simulator import Answer, Settings
from orch_tui.ui.deploy_text import OPTIONS
from orch_tui.ui.dialogs.problem import ProblemDialog
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from orch_tui.ui.widgets.form import Row
from tests.conftest import TOKEN
from tests.ui.conftest import NOON, TO_SCOPE, Cockpits, Driver

TO_NODES = (*TO_SCOPE, "right", "right", "tab")
MARK = "[orch-tui 7f3a9c21e001]"

FIRST_OPTIONS = (Option.ENFORCE_ENVIRONMENT, Option.DEBUG, Option.TRACE, Option.EVALTRACE)
RUN_OPTIONS = (Option.NO_NOOP, *FIRST_OPTIONS)


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    return Settings(nodes=60, token=TOKEN, epoch=NOON, api=getattr(request, "param", "2018.1"))


async def opened(driver: Driver) -> DeployScreen:
    """The form, which knows its server."""
    await driver.press("d")
    form = driver.screen(DeployScreen)
    await driver.until(lambda: form.fields.server is not None)
    return form


async def opened_with(driver: Driver, draft: DeployDraft) -> DeployScreen:
    """The form as a rerun opens it."""
    form = DeployScreen(driver.app.cockpit, "", ("production",), draft)
    await driver.app.push_screen(form)
    await driver.until(lambda: form.fields.server is not None)
    return form


async def sent(driver: Driver) -> dict[str, object]:
    """What goes out after two times Enter."""
    await driver.press("enter")
    await driver.shows("Enter sends it")
    await driver.press("enter")
    await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
    (body,) = driver.server.posts("deploy")
    return dict(json.loads(body))


@pytest.mark.parametrize(
    ("settings", "pinned", "kinds", "options"),
    [
        ("2016.2", None, "whole environment, application", ()),
        ("2016.4", None, "whole environment, application, nodes, query", FIRST_OPTIONS),
        ("2017.3", None, "whole environment, application, nodes, query", RUN_OPTIONS),
        ("2018.1", None, "whole environment, application, nodes, query, node group", RUN_OPTIONS),
        (
            "2019.8.1",
            "2019.8.1",
            "whole environment, application, nodes, query, node group",
            tuple(option for option in Option if option not in (Option.TIMEOUT, Option.USERDATA)),
        ),
        (
            "2021.7",
            None,
            "whole environment, nodes, query, node group",
            tuple(option for option in Option if option is not Option.TIMEOUT),
        ),
    ],
    indirect=["settings"],
)
async def test_only_what_the_server_is_known_to_take_is_offered(
    cockpits: Cockpits, pinned: str | None, kinds: str, options: tuple[Option, ...]
) -> None:
    async with cockpits.running(size=(100, 90), api=pinned) as driver:
        await opened(driver)
        await driver.press("ctrl+o")
        (scope,) = [line for line in driver.text.splitlines() if line.startswith("  Scope")]
        shown = [kind.value for kind in ScopeKind if kind.value in scope]
        assert ", ".join(shown) == kinds
        labels = [line[2:16].strip() for line in driver.text.splitlines()]
        assert tuple(option for option in Option if OPTIONS[option][0] in labels) == options


class TestPerhapsAble:
    """A server whose answers leave open whether it is 2016.2 or 2016.4."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(nodes=60, token=TOKEN, epoch=NOON, api="2016.4", list_environments=True)

    async def test_the_form_says_what_would_offer_more(self, cockpits: Cockpits) -> None:
        async with cockpits.running() as driver:
            await opened(driver)
            await driver.shows('is it 2016.4 or later? Put api = "2016.4" in its profile')


async def test_nodes_are_typed_by_name(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await opened(driver)
        await driver.press(*TO_NODES, *"web-1,Web_2")
        await driver.shows("'Web_2' is no name of a node")
        await driver.press(*["backspace"] * 5, *"web-2 web-1")
        await driver.shows("2 nodes, 1 named twice")
        body = await sent(driver)
        assert body["scope"] == {"nodes": ["web-1", "web-2"]}


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"], ids=["as terminals send it", "Unix", "Windows"])
async def test_lines_that_are_pasted_become_one_line_of_names(cockpits: Cockpits, end: str) -> None:
    async with cockpits.running(environment="production") as driver:
        await opened(driver)
        await driver.press(*TO_NODES, *"db-1")
        driver.app.post_message(Paste(end.join(["# from the list", "web-1 # new", "", "web-2", ""])))
        await driver.shows("db-1 web-1 web-2", "3 nodes")
        assert (await sent(driver))["scope"] == {"nodes": ["db-1", "web-1", "web-2"]}


async def test_a_long_paste_becomes_a_list_together_with_what_was_there(cockpits: Cockpits) -> None:
    names = [f"web-{number}.example.com" for number in range(5000)]
    async with cockpits.running(environment="production") as driver:
        form = await opened(driver)
        await driver.press(*TO_NODES, *"db-1")
        driver.app.post_message(Paste("\n".join(names[:3000])))
        await driver.shows("3,001 nodes")
        driver.app.post_message(Paste("\n".join(names[3000:])))
        await driver.shows("5,001 nodes")
        assert form.fields.target.value == "#pasted"
        assert (await sent(driver))["scope"] == {"nodes": ["db-1", *names]}


async def test_a_query_that_is_pasted_in_lines_is_one_query(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await opened(driver)
        await driver.press(*TO_SCOPE, "right", "right", "right", "tab")
        driver.app.post_message(Paste('nodes[certname] {\n  certname ~ "^web"\n}\n'))
        query = 'nodes[certname] { certname ~ "^web" }'
        await driver.until(lambda: driver.screen(DeployScreen).fields.target.value == query)
        await driver.press("enter")
        await driver.shows("the nodes of a query in production", f"Query: {query}")
        await driver.press("escape")
        assert (await sent(driver))["scope"] == {"query": query}


async def test_a_node_group_can_be_named_by_its_id(cockpits: Cockpits) -> None:
    group = "00000000-0000-4000-8000-000000000000"
    async with cockpits.running(environment="production") as driver:
        await opened(driver)
        await driver.press(*TO_SCOPE, "left", "tab", *"web")
        await driver.shows("the name of a node group, or its id")
        await driver.press(*["backspace"] * 3, *group, "enter")
        await driver.shows(f"Node group: {group}", f'"scope": {{"node_group": "{group}"}}')


async def test_a_file_of_nodes_is_read_and_read_again_once_it_is_mended(
    cockpits: Cockpits, tmp_path: Path
) -> None:
    async with cockpits.running(environment="production") as driver:
        form = await opened(driver)
        await driver.press(*TO_NODES)
        driver.app.post_message(Paste(f"@{tmp_path}/web.txt"))
        await driver.shows("no such file")
        (tmp_path / "web.txt").write_text("# web\nweb-1\nweb-2\nweb-1\n")
        await driver.press("enter")
        assert driver.app.screen is form
        await driver.shows("2 nodes, 1 named twice")
        assert (await sent(driver))["scope"] == {"nodes": ["web-1", "web-2"]}


async def test_a_hundred_thousand_nodes_are_reviewed_in_short_and_sent_in_full(
    cockpits: Cockpits, tmp_path: Path
) -> None:
    names = [f"node-{number:06}.example.com" for number in range(100_000)]
    (tmp_path / "all").write_text("\n".join(names))
    async with cockpits.running(environment="production") as driver:
        await opened(driver)
        await driver.press(*TO_NODES)
        driver.app.post_message(Paste(f"@{tmp_path}/all"))
        await driver.shows("100,000 nodes")
        await driver.press("enter")
        await driver.shows("node-000002.example.com and 99,997 more", "… 99,990 more names …", "2.7 MB")
        await driver.press("escape")
        assert (await sent(driver))["scope"] == {"nodes": names}


async def test_a_burst_of_keys_chooses_and_fills_what_it_is_meant_for(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        form = await opened(driver)
        await driver.until(lambda: form.focused is form.fields.environment)
        for key in ("tab", "space", "tab", "tab", "right", "right", "tab", "w", "e", "b"):
            driver.app.post_message(Key(key, key if len(key) == 1 else None))
        await driver.until(lambda: form.fields.target.value == "web")
        draft = form.fields.draft
        assert (draft.mode, draft.kind, draft.description) == (Mode.ENFORCE, ScopeKind.NODES, "")


@pytest.mark.parametrize("settings", ["2021.7"], indirect=True)
async def test_options_are_sent_as_they_are_chosen_and_others_are_left_out(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await opened(driver)
        await driver.press("tab", "space", "ctrl+o", "tab", "space", "tab", "space", "space", "tab", "space")
        await driver.press("tab", "tab", "tab", *"web,db", "tab", "tab", "down", "tab", "tab", "tab", "9")
        await driver.press("enter")
        await driver.shows("also those that are themselves configured as noop", "Tags web,db")
        await driver.press("escape")
        assert await sent(driver) == {
            "environment": "production",
            "noop": False,
            "description": MARK,
            "no_noop": True,
            "enforce_environment": False,
            "debug": True,
            "tags": "web,db",
            "ordering": "manifest",
            "filetimeout": 9,
        }


@pytest.mark.parametrize("settings", ["2021.7"], indirect=True)
async def test_userdata_goes_out_comes_back_and_is_kept_by_a_rerun(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(100, 40), environment="production") as driver:
        await opened(driver)
        await driver.press("ctrl+o", *["tab"] * 15, *'["CHG-7"]', "enter")
        await driver.shows('an object in JSON, {"ticket": "CHG-1234"}, or blank')
        await driver.press("home", *"{", "delete", "end", "backspace", *': "ü"}', "enter")
        await driver.shows('User data {"CHG-7": "ü"}', '"userdata": {"CHG-7": "\\u00fc"}')
        await driver.press("escape")
        assert (await sent(driver))["userdata"] == {"CHG-7": "ü"}
        await driver.later(3600)
        await driver.press("4")
        await driver.shows('options User data {"CHG-7": "ü"}')
        await driver.press("R")
        await driver.shows("Rerun job")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, DeployScreen))
        assert driver.screen(DeployScreen).fields.draft.options == {Option.USERDATA: '{"CHG-7": "ü"}'}


async def test_an_option_that_cannot_be_is_opened_and_told(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        form = await opened(driver)
        await driver.press("ctrl+o", "tab", "space", "ctrl+o")
        await driver.shows("1 option at fault")
        await driver.press("enter")
        await driver.shows("cannot be together with noop")
        assert form.focused is form.fields.rows[Option.NO_NOOP].field


async def test_a_draft_opens_with_its_list_and_its_options(cockpits: Cockpits) -> None:
    draft = DeployDraft(
        "production",
        Mode.ENFORCE,
        "5",
        ScopeKind.NODES,
        "#42 failed",
        "again",
        {Option.DEBUG: "yes"},
        {"#42 failed": NodeNames(("web-1", "web-2"))},
    )
    async with cockpits.running(size=(100, 60)) as driver:
        form = await opened_with(driver, draft)
        await driver.shows("2 nodes", "1 of 5 set", "▸yes◂")
        await driver.press(*TO_SCOPE, "tab", *["backspace"] * 10)
        await driver.press("down")
        assert form.fields.draft == draft
        assert await sent(driver) == {
            "environment": "production",
            "noop": False,
            "concurrency": 5,
            "scope": {"nodes": ["web-1", "web-2"]},
            "description": f"again {MARK}",
            "debug": True,
        }


@pytest.mark.parametrize("settings", ["2016.2"], indirect=True)
async def test_a_draft_that_the_server_cannot_take_is_shown_and_not_sent(cockpits: Cockpits) -> None:
    draft = DeployDraft("production", Mode.NOOP, kind=ScopeKind.NODES, target="web-1")
    async with cockpits.running() as driver:
        form = await opened_with(driver, draft)
        await driver.press("enter")
        await driver.shows("▸nodes◂", "this server does not know that")
        assert driver.app.screen is form


@pytest.mark.parametrize("settings", ["2021.7"], indirect=True)
async def test_a_refusal_that_names_an_option_opens_it(cockpits: Cockpits) -> None:
    body = b'{"kind": "puppetlabs.validators/validation-error", "msg": "The skip_tags must be a string"}'
    async with cockpits.running() as driver:
        cockpits.server.simulator.faults.add(method="POST", path="/command/deploy", fault=Answer(400, body))
        await driver.to_review()
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, ProblemDialog))
        await driver.press("escape")
        form = driver.screen(DeployScreen)
        assert form.focused is form.fields.rows[Option.SKIP_TAGS].field
        await driver.shows("Skip tags", "all resources but those with one of these")


@pytest.mark.parametrize("settings", ["2021.7"], indirect=True)
async def test_in_the_smallest_terminal_the_field_with_the_cursor_and_its_hint_are_in_sight(
    cockpits: Cockpits,
) -> None:
    async with cockpits.running(size=(60, 15)) as driver:
        form = await opened(driver)
        await driver.press("ctrl+o")
        for _ in range(22):
            await driver.press("tab")
            await driver.pilot.pause()
            row = next(row for row in form.fields.query(Row) if row.field is form.focused)
            assert form.fields.region.contains_region(row.region)

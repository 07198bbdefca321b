"""What a node's message complains of, without what differs from node to node.

Every pattern is possessive, or ends at the latest where it could begin anew, and most begin only where a word
begins, so that no message, however hostile, takes more than linear time.
"""

import re
from collections.abc import Iterator

NODE = "<node>"
"""Stands for the node that a message is about."""

VARIES = "…"
"""Stands for what differs between messages of one cause: a number, a time, an address, an id."""

# Servers wrap the sentence into JSON, proxies before them into a page; an agent's log has colours.
_COLOUR = re.compile(r"␛++(?:\[[\d;]*+m)?+")
_JSON = re.compile(
    r"""\{(?:(?<!.\{)|(?<=:\ \{))[^{}]*?"(?:message|msg)"\ ?:\ ?"((?:[^"\\]|\\.)*+).*+""",
    re.IGNORECASE | re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")
_PAGE = re.compile(r"<(?:(?<!.<)|(?<=: <))!?(?:doctype )?html\b", re.IGNORECASE)
_HEADING = re.compile(r"<(?:title|h1)\b[^<>]*+> ?([^<\s][^<]*+)", re.IGNORECASE)

# What Puppet and its orchestrator say before they come to the point.
_PREAMBLE = re.compile(
    rf"""(?: \ ++
    | error\ running\ puppet\ on\ {NODE}(?:\ ?[:.-])?+
    | could\ not\ (?:run(?:\ puppet\ configuration\ client)?+|prepare\ for\ execution):
    | could\ not\ (?:retrieve\ catalog\ from\ remote\ server|apply\ complete\ catalog):
    | unable\ to\ fetch\ my\ node\ definition,\ but\ the\ agent\ run\ will\ continue:
    | failed\ to\ apply\ catalog:
    | (?:error\ (?:\d++|{VARIES})\ on\ server|err|(?:(?:internal\ )?+server\ |evaluation\ )?+error):
    | error\ while\ evaluating\ an?+\ [^,:]++,
    | puppet::[\w:]++\ failed\ with\ error\ \w++:
    | find\ \S++\ resulted\ in\ (?:\d++|{VARIES})\ with\ the\ message:
    # These two only if what follows names the server as well.
    | connection\ to\ \S++\ failed,\ trying\ next\ route:(?=\ request\ to)
    | request\ to\ \S++\ failed\ after\ \S++\ seconds:(?=\ failed\ to\ open)
    # Of a resource only its own name, for it has no other place in a catalog.
    | /stage\[\w++\](?:/[\w:]++(?:\[[^\]]*+\])?+(?=/[\w:]++[\[/]))*+/
    | {NODE}\ is\ (?=not\ connected)
    )++""",
    re.IGNORECASE | re.VERBOSE,
)

# What Puppet and those it calls say in between.
_ASIDE = re.compile(
    r"""\b(?:
    change\ from\ (?:'[^']*+'|[^\s']\S*+)\ to\ (?:\[?+'[^']*+'\]?+|[^\s']\S*+)\ failed:
    | ssl_connect\ returned=1\ errno=0\ (?:peeraddr=\S++\ )?+state=[^:]++:
    | journalctl\ log\ for\ [^\s:]++:(?:\ --\ (?:logs|journal)\ begin.{0,150}?\ --)?+
    | (?:reading\ package\ lists|building\ dependency\ tree|reading\ state\ information)\.\.\.(?:\ done)?+
    )\ """,
    re.IGNORECASE | re.VERBOSE,
)
# A command is told by its name and by what it is to work on.
_COMMAND = re.compile(r"\bexecution of '(?:[^\s']*[\\/])?+([^']++)' returned\b", re.IGNORECASE)
_SWITCH = re.compile(r" (?:--\S++|-[a-z] [\d.]++|-o [^\s-]\S*+|-y)(?!\S)", re.IGNORECASE)

_ENDING, _POINTS = f" on node {NODE}", (" ", ".", ":")

_CLOCK = (
    r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d++)?+)?+(?:\ ?[+-]\d\d:?+\d\d|\ ?[a-z]{1,4}(?!\w))?+(?:\ \d{4}(?!\w))?+"
)
_SIZE = r"\ ?[kmgt](?:i?b)?+(?!\w)"
_TIME = r"(?:min|ms|[smhd])(?!\w)"
# At the start of a word: dates, and what has hexadecimal digits.
_IDS = rf"""
    (?:(?:mon|tue|wed|thu|fri|sat|sun),?+\ )?+
      (?:\d{{4}}-\d\d-\d\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\ \d{{1,2}})
      (?:[T\ ]{_CLOCK})?+(?!\w)
    | (?=[0-9a-f])(?:
        [0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}
        | 0x[0-9a-f]++
        | (?=[a-f]*+\d)[0-9a-f]{{7,}}+
      )(?!\w)
"""
_DIGEST = r"\{(?:md5|sha\d++)\w*+\}\w++"
# Ruby's names for temporary files end like that.
_TEMPORARY = r"(?<!\d)\d{8}-\d++-[0-9a-z]++"
# In names of files and of resources little varies: what else is a number there is part of the name.
_IN_NAMES = re.compile(
    rf"""(?<=/tmp/)(?:(tmp)[^/]++|([^/\d]*+)\d[^/]*+)
    | {_TEMPORARY} | (?<![^\W_])(?=\w)(?:{_IDS}) | {_DIGEST} | (?<![\w.])\d{{4,}}+(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_FILE = re.compile(r"\.(?:e?yaml|yml|json|pem|crt|key)(?![\w.-])")
# A file for one node: not the name of a host under it, as after `//`.
_NAMED_FOR = re.compile(r"[^/]/[^/\s]++(?<=\.)$")
_PORT = re.compile(r"(?<=://)([^/:]*+):\d++")

# What begins a word comes first, and looks at nothing else: most letters are within words.
_PIECES = re.compile(
    rf"""
    (?<!\w)(?=\w)(?:
        (?P<url>[a-z]++://[^\s'"()<>\[\],;]++)
        | (?P<kept>
            (?:line|column)[\ :=]{{1,2}}+\d++
            | (?:error|errno|returned|status|code|exited|signal|https?|mode|non)[\ :=(]{{1,3}}+\d{{1,4}}
              (?!\w|[.:-]\d)
            | (?:one\ of\ |float|integer|string)\[[\d,.\ -]++\]
            | at\ \d++:(?=/|[a-z]:/)
          )
        | {_IDS}
        | (?=[0-9a-f])(?<!:)(?:
            (?:[0-9a-f]{{2}}:){{5,}}+[0-9a-f]{{2}}(?!\w)
            | {_CLOCK}(?!\w)
            | (?=[a-f:]*+\d)[0-9a-f]{{1,4}}(?::[0-9a-f]{{0,4}}){{2,7}}+(?![\w:])
          )
        | (?=v?\d)(?<!\.)(?:
            v?+(?:\d++:)?+\d++(?:\.\d++)++(?:[.+~:-]*+\w++)*+(?:{_SIZE})?+
            | (?<!-)\d++(?:,\d++)*+(?:{_SIZE}|{_TIME}(?:\ \d++{_TIME})*+)?+(?!\w)
            | \d{{5,}}+(?!\w)
          )
      )
    | (?=[/\[{{-])(?:
        (?<![\w./>{VARIES}-])(?P<path>/[^\s'"()<>\[\],;:|]++)(?P<lines>(?::\d++){{0,2}}+)
        | (?<=\benc)\[[^\[\]]*+\]
        | (?<=\w)\[(?P<title>[^\[\]]*+)\]
        | (?P<option>(?<=\ )--?[a-z][\w-]*+[\ =]\d{{1,3}}(?!\w|[.:-]\d))
        | {_DIGEST}
      )
    | {_TEMPORARY}
    """,
    re.IGNORECASE | re.VERBOSE,
)


def gist(message: str, name: str) -> str:
    """The useful sentence of a message about the node `name`, in one line.

    What the server says before it ("Error running puppet on …: Could not retrieve catalog …") and what wraps
    it (JSON, a page, colours) is cut off, commands are shortened, the node is called `NODE`.
    """
    words = _after_preamble(_without(_sentence(message), name))
    end = len(words)
    while words.endswith((_ENDING, *_POINTS), 0, end):
        end -= len(_ENDING) if words.endswith(_ENDING, 0, end) else 1
    return words[:end]


def to_the_point(words: str) -> str:
    """`words` in one line, without what Puppet says before it comes to the point."""
    return _after_preamble(_sentence(words))


def _after_preamble(words: str) -> str:
    preamble = _PREAMBLE.match(words)
    return words[preamble.end() :] if preamble else words


def _sentence(message: str) -> str:
    """A message in one line, without what it is wrapped in, without asides, its commands in short."""
    wrapped, words = "", " ".join(_COLOUR.sub("", message).split())
    while words != wrapped:
        wrapped, words = words, _unwrapped(words)
    return _COMMAND.sub(
        lambda command: f"{_SWITCH.sub('', command[1]).strip()} returned", _ASIDE.sub("", words)
    )


def _unwrapped(words: str) -> str:
    words = _JSON.sub(lambda found: _ESCAPED.sub(_unescaped, found[1]), words)
    page = _PAGE.search(words)
    if page and (heading := _HEADING.search(words, page.end())):
        status = "HTTP " if heading[1][0].isdecimal() else ""
        words = f"{words[: page.start()]}{status}{heading[1]}"
    return " ".join(words.split())


def _unescaped(match: re.Match[str]) -> str:
    return " " if match[1] in "nrtNRT" else match[1]


def cause(message: str, name: str) -> str:
    """The cause that a message about the node `name` names; other messages of the same cause give the same,
    save for the case of letters.

    File and line stay, for they are the cause; so do names of classes, resources and packages.
    """
    return _PIECES.sub(_piece, gist(message, name))


def _piece(match: re.Match[str]) -> str:
    match match.lastgroup:
        case "url":
            return _PORT.sub(rf"\1:{VARIES}", _IN_NAMES.sub(_varies, match[0]))
        case "lines":
            return _IN_NAMES.sub(_varies, match["path"]) + match["lines"]
        case "title":
            title = match["title"]
            return f"[{VARIES if title.isdecimal() else _IN_NAMES.sub(_varies, title)}]"
        case "kept" | "option":
            return match[0]
    return VARIES


def _varies(match: re.Match[str]) -> str:
    return f"{match[1] or match[2] or ''}{VARIES}"


def _without(words: str, name: str) -> str:
    """`words` with `NODE` for every mention of `name`, in full or with less of its domain."""
    # Letters of some scripts are more than one in lower case: then places would not be the same.
    lower = words.lower() if words.isascii() else words
    for mention in _mentions(name.lower()):
        if mention in lower:
            words = _replaced(words, lower, mention)
            lower = words.lower() if words.isascii() else words
    return words


def _mentions(name: str) -> Iterator[str]:
    """What a node is called; `nginx` alone is not `nginx.example.com`, for it may well be something else."""
    yield from (name,) if name else ()
    host, *domain = name.split(".")
    if any(letter.isdecimal() for letter in host):
        for labels in range(len(domain) - 1, -1, -1):
            yield ".".join((host, *domain[:labels]))


def _replaced(words: str, lower: str, mention: str) -> str:
    parts, start = [], 0
    at = lower.find(mention)
    while at >= 0:
        end = at + len(mention)
        # `web-1` is not mentioned in `web-10`, nor in `web-1.example.org`; but in `web-1.pem` it is.
        goes_on = _goes_on(lower[end : end + 2].lstrip(".")) and not _FILE.match(lower, end)
        if not goes_on and (not _goes_on(lower[at - 1 : at]) or _NAMED_FOR.search(lower, at - 80, at)):
            parts += [words[start:at], NODE]
            start = end
        at = lower.find(mention, end)
    return "".join((*parts, words[start:]))


def _goes_on(letters: str) -> bool:
    """Whether a name goes on with `letters`."""
    return letters[:1].isalnum() or letters[:1] in ("-", "_", ".", "<", ">")

"""What each problem means and what to do about it, in words for the person in front of it."""

import re
from typing import NamedTuple

from orch_tui.domain.problem import Problem, ProblemKind


class Explanation(NamedTuple):
    """A dialog's words: what happened, what it means, what to do next."""

    title: str
    meaning: str
    advice: str


_SIGN_IN = (
    "Sign in here, or run `puppet access login` in another window: the token file is looked at every two "
    "seconds. Nothing is sent with a refused token."
)
_LOCKED = "Nothing is tried again by itself: the server locks an account after 10 failed logins."

EXPLANATIONS: dict[ProblemKind, Explanation] = {
    ProblemKind.UNKNOWN_ENVIRONMENT: Explanation(
        "The environment does not exist",
        "The orchestrator knows no environment of this name. Nothing was started.",
        "Correct the name, or deploy the environment's code to the server first (Code Manager, r10k).",
    ),
    ProblemKind.EMPTY_ENVIRONMENT: Explanation(
        "The environment is empty",
        "It has no nodes and no applications, so there is nothing to run. Nothing was started.",
        "Assign nodes to this environment in the node classifier, or choose another one.",
    ),
    ProblemKind.EMPTY_TARGET: Explanation(
        "The target is empty",
        "The application instance does not exist, or has no nodes. Nothing was started.",
        "Choose one that the environment declares, or leave the target blank for all of it.",
    ),
    ProblemKind.UNKNOWN_TARGET: Explanation(
        "The target was not found",
        "The environment declares no application of this name. Nothing was started.",
        "Choose one that the environment declares, or leave the target blank for all of it.",
    ),
    ProblemKind.DEPENDENCY_CYCLE: Explanation(
        "The application code has a dependency cycle",
        "Components wait for each other in a circle, so no order to run them exists. Nothing was started.",
        "Break the circle in the code: one of the components below must not consume what the next produces.",
    ),
    ProblemKind.PUPPETDB_ERROR: Explanation(
        "PuppetDB did not answer the orchestrator",
        "The list of nodes could not be read. Nothing was started.",
        "Look at PuppetDB on the server, then try again.",
    ),
    ProblemKind.QUERY_ERROR: Explanation(
        "The query is not valid",
        "PuppetDB could not understand it. Nothing was started.",
        "Correct the query where the message points.",
    ),
    ProblemKind.UNKNOWN_JOB: Explanation(
        "The job does not exist",
        "The orchestrator knows no job of this number: it may have been pruned (after 30 days by default), "
        "or the server was restored.",
        "Go back to the list of jobs.",
    ),
    ProblemKind.ANOTHER_JOB: Explanation(
        "This is not the job that you were watching",
        "Another job bears its number now: the server was restored, it seems. What is shown is the last that "
        "was known of the job you watched; nothing is sent to the other one from here.",
        "Go back to the list of jobs, and open the other one from there if you want to see it.",
    ),
    ProblemKind.VALIDATION_ERROR: Explanation(
        "The server did not accept the request",
        "A value is missing, of the wrong form, or not known to this release. Nothing was done.",
        "The message names what is wrong; correct it and try again.",
    ),
    ProblemKind.UNKNOWN_ERROR: Explanation(
        "The orchestrator met an error of its own",
        "It passes on its own fault, often a connection of its own that broke.",
        "If this was a deploy, look in the list of jobs before another. The server's log has more.",
    ),
    ProblemKind.USER_UNAUTHENTICATED: Explanation(
        "Not signed in",
        "The server got no token from us, or none that it takes.",
        _SIGN_IN,
    ),
    ProblemKind.TOKEN_EXPIRED: Explanation(
        "The token has expired",
        "Tokens last one hour unless asked otherwise. Jobs that run go on without it.",
        _SIGN_IN,
    ),
    ProblemKind.TOKEN_REVOKED: Explanation(
        "The token was revoked",
        "Somebody with the right to do so has ended it. Jobs that run go on without it.",
        _SIGN_IN,
    ),
    ProblemKind.INVALID_TOKEN: Explanation(
        "The token is not valid",
        "The server cannot read it: it may belong to another server, or be cut.",
        _SIGN_IN,
    ),
    ProblemKind.USER_REVOKED: Explanation(
        "The user was revoked",
        "The account behind the token may no longer sign in.",
        "Ask an administrator of Puppet Enterprise, or sign in as another user.",
    ),
    ProblemKind.PERMISSION_DENIED: Explanation(
        "Not permitted",
        "You are signed in, but your role lacks the permission for this. Signing in again does not help.",
        "Ask an administrator of Puppet Enterprise for the permission that is named below.",
    ),
    ProblemKind.NO_TOKEN: Explanation(
        "No usable token",
        "Nothing was sent: there is no token, or its file is not fit to be used.",
        "Sign in here, run `puppet access login`, or set token-file in the profile. "
        "Only you may read that file.",
    ),
    ProblemKind.LOGIN_REFUSED: Explanation(
        "User or password is wrong",
        "The token service does not take them.",
        f"Users of single sign-on cannot sign in with a password: they get a token in the console. {_LOCKED}",
    ),
    ProblemKind.LIFETIME_REFUSED: Explanation(
        "This lifetime is not permitted",
        "To choose how long a token lasts takes the permission `Tokens: override default expiry`.",
        "Leave the lifetime blank.",
    ),
    ProblemKind.NAME_UNKNOWN: Explanation(
        "The server's name is not known",
        "The resolver of this machine finds no address for it. Nothing was sent.",
        "Check service-url in the profile, and this machine's DNS.",
    ),
    ProblemKind.REFUSED: Explanation(
        "Nothing listens there",
        "The machine answers, but refuses the connection: the orchestrator is down or starting, or the port "
        "is another. Nothing was sent.",
        "Check pe-orchestration-services on the server, and service-url in the profile.",
    ),
    ProblemKind.NO_CONNECTION: Explanation(
        "No connection",
        "The server could not be reached in time. Nothing was sent.",
        "Check the network and firewalls between here and there.",
    ),
    ProblemKind.CA_UNKNOWN: Explanation(
        "The server's certificate is not trusted",
        "It was not signed by the authority that this profile trusts. The token was not sent.",
        "Set cacert in the profile to Puppet's own authority: "
        "/etc/puppetlabs/puppet/ssl/certs/ca.pem on any machine that runs Puppet against this server.",
    ),
    ProblemKind.WRONG_HOST: Explanation(
        "The certificate is for another name",
        "The server is not who service-url says, or is known by another name. The token was not sent.",
        "Use the name that its certificate holds (puppet.conf of the server: certname, dns_alt_names).",
    ),
    ProblemKind.CERTIFICATE_DATES: Explanation(
        "The certificate is not valid today",
        "It has expired, or is not valid yet; or this machine's clock is wrong. The token was not sent.",
        "Compare the clocks first, then renew the server's certificate.",
    ),
    ProblemKind.NOT_TLS: Explanation(
        "What answers there does not speak our TLS",
        "Something answers there, but not in TLS: another service, or plain HTTP. The token was not sent.",
        "Check host and port of service-url; the orchestrator listens on 8143.",
    ),
    ProblemKind.TLS_TOO_OLD: Explanation(
        "No TLS in common with the server",
        "It is too old for TLS 1.2, shares no cipher with this machine, or wants a certificate from us. The "
        "token was not sent.",
        "Enable TLS 1.2 on the server; look for a proxy in between that speaks only what is older.",
    ),
    ProblemKind.CLIENT_CERTIFICATE: Explanation(
        "The server wants a certificate from us",
        "It asks who connects by a client certificate, which this program has none of.",
        "Let the orchestrator take tokens alone (as it does by default), or go round the proxy that asks.",
    ),
    ProblemKind.NO_ANSWER: Explanation(
        "No answer in time",
        "The request was sent, and no complete answer came. An orchestrator that has lost its database is "
        "silent for half a minute before it fails.",
        "If this was a deploy, look in the list of jobs before another.",
    ),
    ProblemKind.CONNECTION_LOST: Explanation(
        "The connection broke",
        "It ended before the answer was complete, so nobody here knows what the server did.",
        "If this was a deploy, look in the list of jobs before another.",
    ),
    ProblemKind.UNAVAILABLE: Explanation(
        "The server is busy or starting",
        "It, or a proxy before it, asks to come back later.",
        "Reading goes on by itself. If this was a deploy, look in the list of jobs before another.",
    ),
    ProblemKind.REDIRECTED: Explanation(
        "The server points elsewhere",
        "It answered with a redirection. None is followed: the token would go with it.",
        "Set service-url in the profile to the orchestrator's own address.",
    ),
    ProblemKind.NOT_UNDERSTOOD: Explanation(
        "The answer is not the orchestrator's",
        "Something answers there, but not as the orchestrator's documents say: a proxy, a login page, or "
        "half an answer.",
        "Check host and port of service-url. If this was a deploy, look in the list of jobs before another.",
    ),
    ProblemKind.TOO_LARGE: Explanation(
        "The answer is too large",
        "It was cut off unread, to protect this machine.",
        "Check that service-url leads to the orchestrator.",
    ),
    ProblemKind.REQUEST_TOO_LARGE: Explanation(
        "The request is too long for the server",
        "The server, or a proxy before it, reads none that long. Nothing was started.",
        "Name fewer nodes, or choose them by a query or a node group.",
    ),
    ProblemKind.NO_JOBS: Explanation(
        "The server has no list of jobs",
        "What answers there does not know GET /jobs, which the orchestrator has had since Puppet Enterprise "
        "2016.2: it is older, or another service.",
        "Check host and port of service-url, and the release of the server.",
    ),
    ProblemKind.ANOTHER_RELEASE: Explanation(
        "The server is of another release",
        "It does not answer as the release that the profile names. What it does not understand of a deploy "
        "could make it deploy to all nodes. Nothing was sent.",
        "Correct api in the profile, or leave it out: then the server's answers tell what it can do.",
    ),
    ProblemKind.STILL_SENDING: Explanation(
        "A deploy is still being sent",
        "Its answer has not come yet. A second one would not be told apart from it. Nothing was sent now.",
        "Wait for the answer; it is announced when it comes.",
    ),
    ProblemKind.READ_ONLY: Explanation(
        "This profile is read-only",
        "Nothing was sent: it shows everything, and deploys and stops nothing.",
        "Leave out --read-only, or read-only in the profile, to do more than look.",
    ),
    ProblemKind.CANNOT_RECORD: Explanation(
        "The deploy cannot be recorded",
        "Each deploy is written down before it is sent, so that no lost answer makes it forgotten. That did "
        "not work, so nothing was sent. Watching goes on.",
        "The message names the file and what is wrong with it; mend that and try again.",
    ),
    ProblemKind.UNSETTLED: Explanation(
        "What became of the deploy before is not known",
        "An earlier deploy of this environment, perhaps by another orch-tui of yours, has no known end yet. "
        "Nothing was sent now.",
        "Wait for it, or go back and press the deploy key: it tells of that deploy, and can set it aside.",
    ),
    ProblemKind.OTHER: Explanation(
        "The server reports a problem",
        "It is of a kind that this program does not know.",
        "The server's own words are below; its log has more.",
    ),
}


def explain(problem: Problem) -> Explanation:
    """The words for `problem`. Every kind has some: a test holds this table complete."""
    return EXPLANATIONS[problem.kind]


def in_one_line(problem: Problem) -> str:
    """`problem` for a status line: what happened, and the server's or our words on it."""
    title, words = (
        explain(problem).title,
        problem.message.splitlines()[0] if problem.message else problem.kind,
    )
    return words[0].upper() + words[1:] if says_as_much(words, title) else f"{title} ({words})"


def says_as_much(words: str, title: str) -> bool:
    """Whether `words` have all those of `title`: then to say both would be to say it twice."""
    return set(re.findall(r"\w+", title.lower())) <= set(re.findall(r"\w+", words.lower()))


def drawn_cycle(cycle: tuple[str, ...]) -> tuple[str, ...]:
    """A dependency cycle as lines: each resource waits for the next, and the last for the first."""
    names = cycle[:-1] if len(cycle) > 1 and cycle[0] == cycle[-1] else cycle
    if not names:
        return ()
    if len(names) == 1:
        return (f"┌─▶ {names[0]}", "└── waits for itself")
    inner = [line for name in names[1:-1] for line in ("│     ↓ waits for", f"│   {name}")]
    return (f"┌─▶ {names[0]}", *inner, "│     ↓ waits for", f"└── {names[-1]}")

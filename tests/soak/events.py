"""What SES tells of the mails that it took: late, twice, in any order, at the same moment, and again after a crash."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

import app
from chalicelib.channels import ses
from chalicelib.errors import Problem
from chalicelib.models import Letter, Memo
from dev import ses_events
from tests.soak.calls import at_once
from tests.soak.history import FAULTS
from tests.soak.office import SOME, Office
from tests.soak.oracle import Client

STATES = {
    "delivery": "delivered",
    "delay": "delayed",
    "soft": "bounced_soft",
    "hard": "bounced_hard",
    "complaint": "complained",
}
KINDS = ["send", "hard", "hard", *STATES]
HOWS = ["once", "once", "twice", "at once"]


class Events(Office):
    @precondition(lambda self: self.wire.taken)
    @rule(
        place=SOME,
        kinds=st.lists(st.tuples(st.sampled_from(KINDS), SOME), min_size=1, max_size=3),
        how=st.sampled_from(HOWS),
        fault=FAULTS,
    )
    def ses_tells(self, place, kinds, how, fault):
        """A few events of one mail, each of one of its addresses."""
        mail = self.wire.taken[-1 - place % len(self.wire.taken)]
        for kind, other in kinds:
            self.step(f"ses tells {kind}")
            address = mail.to[other % len(mail.to)]
            at = min(mail.at + timedelta(seconds=[2, 2, 3600][other % 3]), self.now)
            self.tell(self.event(mail, kind, address, at), how, fault)
            self.is_known(mail, kind, address, at)
            fault = None
        request = next((each for each in self.requests if each.id == mail.item), None)
        if request:
            self.look_at_deliveries(request, self.told_of(request)["report"])

    def event(self, mail, kind: str, address: str, at) -> dict:
        known = ses_events.Mail(mail.message, mail.tags, list(mail.to), mail.at)
        match kind:
            case "send":
                return ses_events.send(known)
            case "soft":
                return ses_events.bounce(known, at, [address], "Transient", "MailboxFull")
            case "hard":
                return ses_events.bounce(known, at, [address])
        return getattr(ses_events, kind)(known, at, [address])

    def tell(self, event: dict, how: str, fault) -> None:
        """Lambda tells an event again until its function has not failed."""
        record = self.world.topic.record(event, self.now)

        def told():
            return app.mail_events(record, None)["ended"]

        def tried():
            try:
                return told()
            except Problem:  # two at the same moment: one of them is told again
                return None

        ended = at_once([tried, tried]) if how == "at once" else [self.run(told, fault)]
        if None in ended or how == "twice":
            ended.append(told())
        assert set(sum([each or [] for each in ended], [])) <= {"noted", "known"}, ended

    def is_known(self, mail, kind: str, address: str, at) -> None:
        """What follows from an event, of which the same may have been told before."""
        if address in self.goes_to(mail):
            self.left.setdefault(mail.item, sum(each.item == mail.item for each in self.wire.taken))
        if kind == "send":
            return
        self.words.setdefault(mail.item, {}).setdefault(address, {}).setdefault(
            mail.message, set()
        ).add(STATES[kind])
        if (mail.message, kind, address, at) in self.events:
            return
        self.events.add((mail.message, kind, address, at))
        if kind in ("soft", "hard", "complaint"):
            self.did_not_arrive(
                next(each for each in self.clients if each.contract == mail.tags["contract"]),
                mail,
                kind,
                address,
                at,
            )

    @staticmethod
    def goes_to(mail) -> list[str]:
        """Whom it goes to by now: what SES tells of somebody who has left since says nothing of the others."""
        found = (Letter if "letter" in mail.tags else Memo).find(ses.untagged(mail.item))
        return found.recipients if found else []

    def did_not_arrive(self, client: Client, mail, kind: str, address: str, at) -> None:
        what = mail.item.split("__")[1] if "letter" in mail.tags else "report"
        if address == self.world.office(client.house):
            return  # an alarm: nobody writes to the office that its mails do not arrive
        if kind == "hard":
            client.bounce(address, mail.at, at)
        self.notices[client.contract, "bounced_office"] += 1
        others = (client.confirmed() | {self.world.applicant(client.contract)}) - {address}
        if kind != "complaint" and what != "bounced" and others:
            self.notices[client.contract, "bounced"] += 1


__all__ = ["Events"]

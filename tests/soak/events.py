"""What SES tells of the mails that it took.

Events come late, twice, in any order, at the same moment, and again after a crash.
"""

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
from tests.soak.oracle import Client, whole_milliseconds

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
            self.bring(self.event(mail, kind, address, at), how, fault)
            self.note_event(mail, kind, address, at)
            fault = None
        for request in [each for each in self.requests if each.id == mail.item]:
            self.look_at_deliveries(request, self.ask_memo(request)["report"])

    def event(self, mail, kind: str, address: str, at) -> dict:
        sent = ses_events.Mail(mail.message, mail.tags, list(mail.to), mail.at)
        match kind:
            case "send":
                return ses_events.send(sent)
            case "soft":
                return ses_events.bounce(sent, at, [address], "Transient", "MailboxFull")
            case "hard":
                return ses_events.bounce(sent, at, [address])
        return getattr(ses_events, kind)(sent, at, [address])

    def bring(self, event: dict, how: str, fault) -> None:
        """Lambda brings an event again until its function has not failed."""
        record = self.world.topic.record(event, self.now)

        def bring_once():
            return app.mail_events(record, None)["ended"]

        def bring_beside_another():
            try:
                return bring_once()
            except Problem:  # two at the same moment: one of them is brought again
                return None

        if how == "at once":
            ends = at_once([bring_beside_another, bring_beside_another])
        else:
            ends = [self.run(bring_once, fault)]
        if None in ends or how == "twice":
            ends.append(bring_once())
        words = {word for end in ends if end for word in end}
        assert words <= {"noted", "known"}, ends

    def note_event(self, mail, kind: str, address: str, at) -> None:
        """What follows from an event, which may have come before."""
        if address in self.recipients_of(mail):
            count = len([each for each in self.wire.taken if each.item == mail.item])
            self.left.setdefault(mail.item, count)
        if kind == "send":
            return
        at_address = self.words.setdefault(mail.item, {}).setdefault(address, {})
        at_address.setdefault(mail.message, set()).add((whole_milliseconds(at), STATES[kind]))
        if (mail.message, kind, address, at) in self.events:
            return
        self.events.add((mail.message, kind, address, at))
        if kind in ("soft", "hard", "complaint"):
            client = self.client_of(mail.tags["contract"])
            self.did_not_arrive(client, mail, kind, address, at)
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
    def recipients_of(mail) -> list[str]:
        """Whom a mail goes to by now.

        What SES tells of somebody who has left since says nothing of the others.
        """
        model = Letter if "letter" in mail.tags else Memo
        item = model.find(ses.untagged(mail.item))
        return item.recipients if item else []

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

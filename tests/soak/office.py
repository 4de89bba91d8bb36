"""The office changes who is told, and whether there is a service at all."""

import re
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib.channels import ses
from chalicelib.models import Letter
from tests.soak.calls import CLIENT, Calls
from tests.soak.history import FAULTS
from tests.soak.oracle import JOINS, NAMES, Address, Client, Person, day_of

SOME = st.integers(0, 9)
ON_ROSTERS = ["joins", "leaves", "is_away", "is_away", "holidays", "is_back"]
ON_ROSTERS += ["adds", "removes", "removes", "changes", "confirms"]
CHANGES = st.tuples(st.sampled_from(ON_ROSTERS), SOME, SOME)
ON_SERVICES = ["stops", "is_ended", "goes_on", "goes_on", "pays", "pays"]


class Office(Calls):
    @rule(
        which=CLIENT,
        changes=st.lists(CHANGES, min_size=1, max_size=3),
        name=st.sampled_from(list(NAMES)),
        fault=FAULTS,
    )
    def roster(self, which, changes, name, fault):
        """A few changes, and the next call."""
        for kind, place, other in changes:
            self.step(f"roster {kind}")
            client = self.clients[which]
            if client.status != "ended":
                person = client.people[place % len(client.people)]
                getattr(self, kind)(client, person, other, fault)
            fault = None
        self.calls(which, name, 1, None)

    @rule(which=CLIENT, kind=st.sampled_from(ON_SERVICES), days=st.integers(0, 2), fault=FAULTS)
    def service(self, which, kind, days, fault):
        self.step(f"service {kind}")
        client = self.clients[1 if kind in ("goes_on", "pays") else which]
        on = day_of(self.now) + timedelta(days=days)
        getattr(self, kind)(client, on, fault)

    def to(self, client: Client, name: str, *further: str) -> str:
        """The path of a person, by name, or of an address."""
        return "/".join((self.paths[client.contract][name], *further))

    def new_mail(self, client: Client) -> str:
        self.mails_made += 1
        return f"new{self.mails_made}@{client.house}.example"

    def joins(self, client, _, other, fault):
        if client.person(JOINS):
            return
        mails = [self.new_mail(client)] if other % 3 else []
        at_top = other % 2
        body = {"name": JOINS, "addresses": mails}
        if at_top:
            body["position"] = 1

        def story(model):
            place = 0 if at_top else len(model.people)
            model.people.insert(place, Person(JOINS, [Address(mail, False) for mail in mails]))
            model.letters += [("test_mail", mail) for mail in mails]

        self.change(client, "POST", "people", story, body, fault)

    def leaves(self, client, person, _, fault):
        only_theirs = client.confirmed() and client.confirmed() <= set(person.reached_at)
        stays = len(client.people) == 1 or only_theirs

        def story(model):
            model.people = [each for each in model.people if each.name != person.name]
            for each in model.people:
                if each.deputy == person.name:
                    each.deputy = None

        path = self.to(client, person.name)
        self.change(client, "DELETE", path, story, None, fault, 409 if stays else 200)

    def is_away(self, client, person, other, fault):
        until = day_of(self.now) + timedelta(days=other % 4)
        deputy = client.people[other % len(client.people)]
        body = {"away_until": until.isoformat()}
        if deputy is not person:
            body["deputy"] = self.to(client, deputy.name).rpartition("/")[2]

        def story(model):
            absent = model.person(person.name)
            absent.away_until = until
            if "deputy" in body:
                absent.deputy = deputy.name

        self.change(client, "PATCH", self.to(client, person.name), story, body, fault)

    def holidays(self, client, person, other, fault):
        """Everybody but one is away."""
        for each in [each for each in client.people if each is not person]:
            self.is_away(client, client.person(each.name), other, fault)
            fault = None

    def is_back(self, client, person, _, fault):
        def story(model):
            absent = model.person(person.name)
            if absent.away_until:
                absent.away_until = absent.deputy = None

        self.change(client, "DELETE", self.to(client, person.name, "absence"), story, fault=fault)

    def adds(self, client, person, _, fault):
        mail = self.new_mail(client)
        limit = 2 if client.house == "mk" else 10
        is_full = sum(each.replaces is None for each in person.addresses) >= limit

        def story(model):
            model.person(person.name).addresses.append(Address(mail, False))
            model.letters.append(("test_mail", mail))

        path = self.to(client, person.name, "addresses")
        self.change(client, "POST", path, story, {"mail": mail}, fault, 409 if is_full else 200)

    def removes(self, client, person, other, fault):
        if not person.addresses:
            return
        mail = person.addresses[other % len(person.addresses)].mail
        stays = client.confirmed() and client.confirmed() <= {mail}

        def story(model):
            owner = model.person(person.name)
            others = [each for each in owner.addresses if mail not in (each.mail, each.replaces)]
            owner.addresses = others

        path = self.to(client, mail)
        self.change(client, "DELETE", path, story, None, fault, 409 if stays else 200)

    def changes(self, client, person, other, fault):
        """The old address lives until the new one is confirmed.

        Of several new ones the last counts.
        """
        if not person.addresses:
            return
        old = person.addresses[other % len(person.addresses)]
        mail = self.new_mail(client)

        def story(model):
            owner = model.person(person.name)
            gone, replaces = [old.mail], old.replaces
            if old.confirmed:
                gone = [each.mail for each in owner.addresses if each.replaces == old.mail]
                replaces = old.mail
            owner.addresses = [each for each in owner.addresses if each.mail not in gone]
            owner.addresses.append(Address(mail, False, replaces))
            model.letters.append(("test_mail", mail))

        self.change(client, "PATCH", self.to(client, old.mail), story, {"mail": mail}, fault)

    def confirms(self, client, _, other, fault):
        """By word to the office; what bounced for good has to have had a new test mail."""
        addresses = [each for person in client.people for each in person.addresses]
        waiting = [each.mail for each in addresses if not each.confirmed]
        if not waiting:
            return
        mail = waiting[other % len(waiting)]
        path, body = self.to(client, mail, "confirmation"), {"ground": "お電話で確認"}
        if client.address(mail).bounced_at:
            address = f"/v1/contracts/{client.contract}/{self.to(client, mail)}"
            assert self.ask("POST", f"{address}/confirmation", body, client.house).status == 409
            if self.ask("POST", f"{address}/test-mail", {}, client.house).status != 200:
                return

        def story(model):
            model.confirm(mail, self.now)

        self.change(client, "POST", path, story, body, fault)

    @precondition(lambda self: self.test_mails())
    @rule(place=SOME)
    def press_in_test_mail(self, place):
        """In any test mail that has arrived, however late."""
        self.step("button pressed")
        mails = self.test_mails()
        mail = mails[place % len(mails)]
        path = re.search(r"/confirm/[\w-]+", mail.text)[0]
        answer = self.desk.send(path, {})
        client = next(each for each in self.clients if mail.item.startswith(each.contract))
        address = client.find_address(mail.to[0])
        bounced_at = address and address.bounced_at
        if bounced_at and Letter.find(ses.untagged(mail.item)).written_at < bounced_at:
            # Only a new test mail would show that the address receives.
            assert answer.status == 409, answer.text
            return
        if address and client.status != "ended":
            client.confirm(mail.to[0], self.now)
        is_live = client.status != "ended" or mail.to[0] in client.confirmed()
        expected = 200 if address and is_live else 409
        assert answer.status == expected, answer.text

    def test_mails(self) -> list:
        return [each for each in self.wire.taken if "__test_mail__" in each.item]

    # the service itself

    def stops(self, client, _, fault):
        """A trial, or the pause after it, ends at once."""
        if client.status != "trial" and not client.paused_on:
            return

        def story(model):
            model.end(self.now)
            model.letters.append(("stopped", self.world.applicant(model.contract)))

        self.change(client, "POST", "stop", story, {}, fault)

    def is_ended(self, client, on, fault):
        """By the house, after the day `on`."""
        if client.status not in ("trial", "active") or client.terminate_on:
            return

        def story(model):
            model.terminate_on = on
            model.letters.append(("termination", self.world.applicant(model.contract)))

        body = {"on": on.isoformat(), "reason": "お支払いがないため"}
        self.change(client, "POST", "termination", story, body, fault)

    def goes_on(self, client, _, fault):
        """mk's client asks to go on after the trial."""
        if client.status != "trial":
            return

        def story(model):
            model.asked = True

        self.change(client, "POST", "continuation", story, {}, fault)

    def pays(self, client, _, fault):
        """mk's client pays for going on, in the trial or in the pause after it."""
        if client.paid_on or not (client.status == "trial" or client.paused_on):
            return
        body = {"yen": 5920, "paid_on": day_of(self.now).isoformat(), "ground": "通帳で確認"}

        def story(model):
            model.pay(self.now)

        self.change(client, "POST", "gates/payment", story, body, fault)

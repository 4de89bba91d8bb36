"""Numbers: lent once from the pool, put to rest, added, and used in another way."""


def free_numbers(desk) -> list[str]:
    return [line["number"] for line in desk.get("/v1/lines?state=free").json["lines"]]


def test_the_pool_lends_a_number_once_and_lets_it_rest(any_desk):
    desk = any_desk
    desk.on("2026-08-03").starts("mk")
    lines = desk.get("/v1/lines").json["lines"]
    states = [(line["number"], line["state"], line["contract"]) for line in lines]
    assert states == [("0367001234", "lent", desk.contract)]
    assert desk.post("/v1/lines", {"number": "03-6700-1234"}).status == 409
    assert desk.post("/v1/lines", {"number": "03-6700-5678"}).status == 201
    assert desk.post("/v1/lines", {"number": "06-6700-5678"}).status == 422
    assert free_numbers(desk) == ["0367005678"]
    desk.on("2026-08-13")  # lapsed: its last day was the 12th, and 90 days of rest follow
    (resting,) = desk.get("/v1/lines?state=quarantined").json["lines"]
    assert resting["quarantined_until"] == "2026-11-10"
    assert desk.get("/v1/lines/0367005678", role="operator").status == 404  # nobody's yet
    desk.at("2026-11-11")
    assert free_numbers(desk) == ["0367001234", "0367005678"]


def test_a_number_that_is_not_in_the_pool_is_not_lent(desk):
    desk.on("2026-08-03").signs_up("mk")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.passes("eligibility", "identity")
    number = {"number": "03-6700-1234", "use": "forwarding", "ground": "x"}
    refused = desk.office("gates/number", number)
    assert refused.status == 409
    assert "先に番号を登録してください" in refused.detail


def test_a_second_number_for_mk_and_its_use(any_desk):
    desk = any_desk
    desk.on("2026-08-03").starts("mk")
    desk.has_line("03-6700-5678")
    desk.does("lines", {"number": "03-6700-5678", "use": "listed"})
    desk.does("lines", {"number": "03-6700-5678", "use": "listed"})  # twice is once
    (extra,) = desk.look()["extra_lines"]
    assert extra["number"] == "0367005678"
    assert extra["use"] == "listed"
    assert extra["monthly"] == 1100
    assert extra["until"] is None
    assert desk.memo("second-line", line="03-6700-5678").status == 201
    desk.does("lines/03-6700-1234", {"use": "listed"}, method="PATCH")
    assert desk.look()["use"] == "listed"
    assert "転送利用" not in desk.letter("番号の使い方の変更を承りました")
    desk.does("lines/03-6700-5678", method="DELETE")
    assert desk.look()["extra_lines"][0]["until"] == "2026-08-03"
    assert desk.office("lines/03-6700-5678", method="DELETE").status == 404
    desk.on("2026-08-13")
    states = {line["number"]: line["state"] for line in desk.get("/v1/lines").json["lines"]}
    assert states == {"0367001234": "quarantined", "0367005678": "quarantined"}


def test_smile_has_one_number_a_contract(desk):
    desk.on("2026-09-01").starts("smile")
    desk.has_line("03-6700-5678")
    second = desk.office("lines", {"number": "03-6700-5678", "use": "forwarding"})
    assert "別のご契約として承ります" in second.detail


def test_a_switched_use_is_kept_with_its_dates(desk):
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-09-10").does("lines/0367001234", {"use": "listed"}, method="PATCH")
    desk.does("lines/0367001234", {"use": "forwarding"}, method="PATCH")
    uses = [(each["on"], each["was"], each["becomes"]) for each in desk.look()["use_changes"]]
    assert uses == [("2026-09-10", "forwarding", "listed"), ("2026-09-10", "listed", "forwarding")]


def test_the_same_number_written_otherwise_is_the_same(desk):
    desk.on("2026-07-30").starts("mk", start_on="2026-08-03")
    again = {"number": "０３６７００１２３４", "use": "forwarding", "ground": "割り当て"}
    assert desk.office("gates/number", again).status == 200

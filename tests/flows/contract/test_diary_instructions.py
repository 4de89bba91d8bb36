"""What operators may say, and to whom: the instructions of a contract."""


def test_what_operators_may_say_stands_on_the_lines_screen(any_desk):
    desk = any_desk
    earlier = desk.on("2026-08-03").signs_up(
        "mk", mail="earlier@a.example", phone="03-6800-4444", company="前の会社"
    )
    desk.starts("mk")
    words = {
        "answers": [{"question": "駐車場はありますか", "answer": "3台分あります。"}],
        "disclosable": ["住所", "担当者の名前"],
        "notes": ["「さくら商会」とよく間違えられます", "青葉電機様は大切なお客様です"],
        "exception": "関連会社と番号を共有(特認)",
    }
    desk.does("instructions", words | {"former": earlier})
    screen = desk.screen()
    assert {name: screen[name] for name in words} == words
    assert desk.look()["former"] == earlier
    assert screen["house_answers"][0]["question"] in desk.open("/mk").text
    desk.does("instructions", {"notes": []})
    screen = desk.screen()
    assert (screen["notes"], screen["disclosable"]) == ([], words["disclosable"])
    for wrong in ("mk-NOBODY", desk.contract):
        assert desk.office("instructions", {"former": wrong}).faults[0] == "former"
    long = desk.office("instructions", {"notes": ["あ" * 501]})
    assert long.status == 422
    assert long.faults[0] == "notes.0"

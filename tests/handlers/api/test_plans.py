"""Which plan for so many calls.

The API tells it for the telephone, and the page of the house tells everybody.
"""

import re

import jsonschema
import pytest

PATH = "/v1/plans"


def test_an_operator_asks(desk):
    advice = desk.get(f"{PATH}?calls=45", role="operator", house="mk").json
    assert advice["calls"] == 45
    assert advice["on"] == "2026-09-01"
    assert advice["plan"] == "half"
    assert advice["name"] == "ハーフプラン"
    assert advice["yen"] == 6435
    assert [(each["plan"], each["calls_over"], each["yen"]) for each in advice["plans"]] == [
        ("small", 25, 6660),
        ("half", 5, 6435),
        ("standard", 0, 11040),
    ]
    assert [(each["from"], each["plan"], each["instead_of"]) for each in advice["break_evens"]] == [
        (39, "half", "small"),
        (78, "standard", "half"),
    ]
    assert desk.get(f"{PATH}?calls=45", role="operator", house="smile").json["plan"] == "light"


def test_the_description_says_everything_that_is_given(desk):
    door = desk.get("/openapi.json", role=None).json["paths"][PATH]["get"]
    assert door["description"] == "Role: operator"
    schema = door["responses"]["200"]["content"]["application/json"]["schema"]
    advice = desk.get(f"{PATH}?calls=45").json
    jsonschema.validate(advice, schema)
    assert set(schema["properties"]) == set(advice)
    for name in ("plans", "break_evens"):
        assert set(schema["properties"][name]["items"]["properties"]) == set(advice[name][0])


@pytest.mark.parametrize(
    "query",
    ["", "?calls=", "?calls=-1", "?calls=4.5", "?calls=many", "?calls=10001", "?calls=1&plan=half"],
)
def test_strange_questions_are_refused(desk, query):
    answer = desk.get(PATH + query)
    assert answer.status == 422
    assert answer.faults[0] in ("calls", "plan")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "/mk?calls=45",
            (
                "月45件の場合は、ハーフプランがおすすめです",
                "6,435円",
                "超過料金715円(1件143円)",
                "39〜77件",
            ),
        ),
        (
            "/mk?calls=0",
            ("月0件の場合は、スモールプラン", "2,960円", "超過料金はかかりません", "38件まで"),
        ),
        (
            "/mk?calls=45",
            (
                "月39件からはハーフプラン、月78件からはスタンダードプランのほうがお得になります",
                "78件以上",
            ),
        ),
        (
            "/smile?calls=50",
            ("ライトコースがおすすめです", "8,800円", "50件まで", "月51件からはレギュラーコース"),
        ),
        ("/mk?calls=10000", ("月10,000件の場合は、スタンダードプラン", "1,380,000円", "9,920件分")),
        ("/mk?utm_source=x&calls=45", ("月45件の場合は",)),
    ],
)
def test_the_page_answers(desk, path, said):
    answer = desk.open(path)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    for words in said:
        assert words in answer.text


@pytest.mark.parametrize("typed", ["45", "４５", " 45 ", "45件", "４５件", "0045"])
def test_a_number_may_be_typed_as_people_type_it(desk, typed):
    answer = desk.client.http.get(f"/mk?calls={typed}")
    assert answer.status_code == 200
    assert "月45件の場合は" in answer.body.decode()
    assert f'value="{typed}"' in answer.body.decode()


def test_a_thousand_may_have_its_comma(desk):
    assert "月1,000件の場合は" in desk.open("/mk?calls=１，０００").text


WHOLE = "お電話の件数は、0から10,000までの整数で入力してください"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "お電話の件数を入力してください"),
        ("　", "お電話の件数を入力してください"),
        ("たくさん", WHOLE),
        ("-1", WHOLE),
        ("4.5", WHOLE),
        ("10001", WHOLE),
        ("9" * 400, WHOLE),
        ("件", WHOLE),
        ("½", WHOLE),
        ("<b>", WHOLE),
        ("%00", WHOLE),
        ("%ED%A0%80", WHOLE),
    ],
)
def test_a_fault_stands_at_the_field_of_a_whole_page(desk, typed, words):
    answer = desk.open(f"/mk?calls={typed}")
    assert answer.status == 422
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.search(rf'<p class="fault" id="calls-fault">{words}', answer.text)
    assert 'aria-invalid="true" aria-describedby="calls-hint calls-fault"' in answer.text
    assert "プランと料金" in answer.text
    assert "おすすめです" not in answer.text
    assert "<b>" not in answer.text
    if typed.isascii() and typed.isalnum():
        assert f'value="{typed}"' in answer.text


def test_the_page_asks_without_answering_first(desk):
    page = desk.open("/mk")
    assert page.headers["Cache-Control"] == "public, max-age=300"
    assert '<label for="calls">月に何件くらいのお電話がありますか</label>' in page.text
    assert 'inputmode="numeric"' in page.text
    assert "おすすめです" not in page.text
    assert desk.open("/").text.count('#advice">おすすめのプランを調べる</a>') == 2

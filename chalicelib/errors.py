"""What can be wrong with a request, in words that its sender can act on.

Every class is one `type` of an RFC 9457 problem: a stable slug, a title and an
HTTP status. `detail` is Japanese, for a person.
"""

from typing import Any, NamedTuple


class Fault(NamedTuple):
    """One thing wrong with one field: its path (`caller.phone`) and a sentence with the remedy."""

    field: str
    message: str


class Problem(Exception):
    """What a sender is answered; `house` is whose page says it, where that is known."""

    slug = "problem"
    title = "処理できませんでした"
    status = 400

    def __init__(
        self,
        detail: str,
        errors: tuple[Fault, ...] | list[Fault] = (),
        retry_after: int | None = None,
        house: Any = None,
    ) -> None:
        super().__init__(detail)
        self.house = house
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after


class NotReadable(Problem):
    slug, title, status = "not-readable", "送信内容を読み取れません", 400


class NotKnown(Problem):
    slug, title, status = "key-not-accepted", "認証できません", 401


class NotAllowed(Problem):
    slug, title, status = "not-allowed", "この操作は許可されていません", 403


class NotFound(Problem):
    slug, title, status = "not-found", "見つかりません", 404


class Refused(Problem):
    """The state of things forbids it now."""

    slug, title, status = "refused", "いまは受け付けられません", 409


class Overtaken(Refused):
    """The report of that link has been corrected."""

    slug, title, status = "report-corrected", "この報告は訂正されています", 409


class Busy(Problem):
    """Somebody else changed the same thing at the same moment: ask again."""

    slug, title, status = "changed-meanwhile", "ほかの変更と重なりました", 409


class TooLarge(Problem):
    slug, title, status = "too-large", "送信内容が大きすぎます", 413


class WrongType(Problem):
    slug, title, status = "wrong-content-type", "送信形式が違います", 415


class Invalid(Problem):
    slug, title, status = "invalid", "入力内容をご確認ください", 422

    def __init__(self, errors: tuple[Fault, ...] | list[Fault], detail: str | None = None) -> None:
        what_to_do = detail or f"{len(errors)}か所をご確認ください。"
        super().__init__(what_to_do, errors)


def wrong(field: str, message: str) -> Invalid:
    """Invalid for one field: `raise wrong("number", "番号をご確認ください。")`."""
    return Invalid([Fault(field, message)])


class KeyUsedForOther(Problem):
    slug, title, status = "idempotency-key-reused", "同じキーで別の内容が送られました", 422


class TooMany(Problem):
    slug, title, status = "too-many", "回数の上限を超えました", 429


class Failed(Problem):
    """A fault of ours: it is logged, and the sender is told so without its details."""

    slug, title, status = "failed", "処理できませんでした", 500


class Parked(Problem):
    """A contract that cannot be settled: the office looks at it, the sender asks again later."""

    slug, title, status = "contract-parked", "ご契約の処理が止まっています", 503


class StoreDown(Problem):
    slug, title, status = "store-down", "一時的に処理できません", 503


class NotYet(Problem):
    """What was asked for is being made: ask again after `retry_after` seconds."""

    slug, title, status = "not-yet", "ただいま作成しています", 503

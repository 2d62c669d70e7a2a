"""The problems of the gateway, beyond those that every service has."""

from chassis.errors import Problem


class MalformedRequest(Problem):
    """Ambiguous HTTP: two lengths, undecodable headers."""

    slug, status = "malformed-request", 400
    vi, en = "Yêu cầu không đúng dạng HTTP.", "The request is not well-formed HTTP."

    always = {"Connection": "close"}


class AmbiguousPath(Problem):
    """A path that two ends could read differently."""

    slug, status = "ambiguous-path", 400
    vi, en = "Đường dẫn không rõ ràng.", "The path is ambiguous."


class RequestTooSlow(Problem):
    """The body did not come in time."""

    slug, status = "request-timeout", 408
    vi, en = "Yêu cầu gửi quá chậm.", "The request arrived too slowly to be read."

    always = {"Connection": "close"}


class Retired(Problem):
    """A partner that was retired."""

    slug, status = "partner-retired", 410
    vi, en = "Đối tác này đã ngừng kết nối.", "This partner is retired."


class TargetTooLong(Problem):
    """Path and query together are over the limit."""

    slug, status = "target-too-long", 414
    vi, en = "Đường dẫn quá dài.", "The path and query are too long."


class TooManyRequests(Problem):
    """The caller's quota is used up; `Retry-After` and the `RateLimit` fields give the time of the next try."""

    slug, status = "too-many-requests", 429
    vi, en = "Quá nhiều yêu cầu, xin thử lại sau.", "Too many requests; try again later."


class HeadersTooLarge(Problem):
    """Too many or too long header fields."""

    slug, status = "headers-too-large", 431
    vi, en = "Phần đầu yêu cầu quá lớn.", "The request has too many or too long headers."


class BadGateway(Problem):
    """The service broke off its response: whether the request took effect is not known."""

    slug, status = "bad-gateway", 502
    vi = "Dịch vụ bên trong trả lời dở dang; chưa rõ yêu cầu đã được thực hiện hay chưa."
    en = "The service broke off its response; whether the request took effect is not known."


class ServiceUnavailable(Problem):
    """The service could not be reached: the request certainly had no effect."""

    slug, status = "service-unavailable", 503
    vi = "Dịch vụ tạm thời không sẵn sàng; yêu cầu chưa được thực hiện."
    en = "The service cannot be reached now; the request had no effect."


class Overloaded(Problem):
    """The gateway is at its limit of concurrent requests: nothing of the request was accepted."""

    slug, status = "overloaded", 503
    vi = "Hệ thống đang quá tải; yêu cầu chưa được nhận, xin thử lại sau."
    en = "The platform is overloaded; the request was not accepted, try again later."

    always = {"Retry-After": "1"}


class GatewayTimeout(Problem):
    """The service did not answer in time: whether the request took effect is not known."""

    slug, status = "gateway-timeout", 504
    vi = "Dịch vụ bên trong trả lời quá chậm; chưa rõ yêu cầu đã được thực hiện hay chưa."
    en = "The service did not answer in time; whether the request took effect is not known."


class BadSignature(Problem):
    """A webhook whose signature is missing, does not fit, or is more than 300 seconds off."""

    slug, status = "bad-signature", 401
    vi = "Chữ ký webhook thiếu, không đúng, hoặc lệch thời gian quá 300 giây."
    en = "The webhook signature is missing, does not fit, or is more than 300 seconds off."

    @classmethod
    def because(cls, reason: str) -> "BadSignature":
        """With what the sender can correct: headers, clock, or secret. Nothing tells which secret there is, or whether one is."""
        return cls(*_SIGNATURE_DETAILS.get(reason, _DOES_NOT_FIT))


_WRONG_HEADERS = (
    "Thiếu, lặp hoặc sai dạng tiêu đề webhook-id, webhook-timestamp, webhook-signature: mỗi tiêu đề đúng một lần.",
    "webhook-id, webhook-timestamp or webhook-signature is missing, repeated or malformed: send each once.",
)
_DOES_NOT_FIT = (
    "Chữ ký không khớp với khóa nào đang có hiệu lực: kiểm tra khóa, và ký trên đúng các byte được gửi.",
    "The signature fits no secret that is valid now: check the secret, and sign exactly the bytes that you send.",
)
_SIGNATURE_DETAILS = dict.fromkeys(("missing-header", "repeated-header", "malformed-header"), _WRONG_HEADERS) | {
    "timestamp-off": (
        "webhook-timestamp lệch quá 300 giây so với giờ của hệ thống: chỉnh đồng hồ, và ký lại mỗi lần gửi lại.",
        "webhook-timestamp is more than 300 seconds off our time: set the clock, and sign each attempt anew.",
    )
}


class MalformedMessage(Problem):
    """A signed webhook whose body lacks what its type needs."""

    slug, status = "malformed-message", 400
    vi, en = "Nội dung webhook không đúng dạng.", "The body of the webhook is malformed."


class UnknownType(Problem):
    """A webhook type that this platform does not know."""

    slug, status = "unknown-type", 422
    vi, en = "Không có loại sự kiện này.", "There is no such event type."


class TypeNotAllowed(Problem):
    """A webhook type that this partner may not send."""

    slug, status = "type-not-allowed", 422
    vi, en = "Đối tác không được gửi loại sự kiện này.", "This partner may not send this event type."


class PartnerExists(Problem):
    """Another partner has this id."""

    slug, status = "partner-exists", 409
    vi, en = "Đã có đối tác mang mã này.", "There is a partner with this id already."


class NothingToProcess(Problem):
    """Only accepted deliveries can be processed again."""

    slug, status = "nothing-to-process", 409
    vi, en = "Không có gì để xử lý lại.", "There is nothing to process again."


class VolunteerNotListed(Problem):
    """A volunteer who is no longer listed by a team."""

    slug, status = "no-longer-listed", 403
    vi = "Tài khoản không còn trong danh sách của tổ triển khai nào."
    en = "No team lists this account any more."


class IdentityUnknown(Problem):
    """The registry has no resident with this personal number. A registration can be proposed to the commune."""

    slug, status = "identity-unknown", 403
    vi = "Chưa có hồ sơ dân cư nào mang số định danh này."
    en = "The registry has no resident with this personal number."
    guide_vi = (
        "Hãy gửi đề nghị đăng ký (trong ứng dụng: “Đăng ký hồ sơ”). Công chức xã, phường nơi ở sẽ xem và trả lời; khi được"
        " chấp nhận, đăng nhập lại như bình thường. Có thể mang căn cước đến Trung tâm phục vụ hành chính công để làm ngay."
    )


class IdentityMismatch(Problem):
    """Name or birth date at the identity provider differ from the registry, or the account belonged to another person."""

    slug, status = "identity-mismatch", 403
    vi = "Họ tên hoặc ngày sinh ở tài khoản định danh không khớp với hồ sơ dân cư."
    en = "Name or birth date at the identity provider do not agree with the registry."
    guide_vi = (
        "Hãy mang căn cước đến công an xã hoặc Trung tâm phục vụ hành chính công để đối chiếu và sửa chỗ sai. Sau khi sửa,"
        " đăng nhập lại; không cần làm gì thêm trong ứng dụng."
    )


class IdentityDeceased(Problem):
    """The registry has this person as deceased."""

    slug, status = "identity-deceased", 403
    vi = "Hồ sơ dân cư ghi người này đã mất."
    en = "The registry has this person as deceased."
    guide_vi = (
        "Nếu ghi nhầm, hãy đến Ủy ban nhân dân xã, phường (bộ phận hộ tịch) cùng căn cước: việc khai tử sẽ được thu hồi và"
        " tài khoản dùng lại được. Người thân cần làm thủ tục thay thì đăng nhập bằng tài khoản của chính mình."
    )


class IdentityMinor(Problem):
    """Under 14: a guardian acts for the child."""

    slug, status = "identity-minor", 403
    vi = "Người dưới 14 tuổi chưa tự đăng nhập được."
    en = "Children under 14 do not sign in themselves."
    guide_vi = (
        "Cha, mẹ hoặc người giám hộ đăng nhập bằng tài khoản của mình rồi chọn làm thay cho con. Nếu chưa thấy tên con, hãy"
        " mang giấy khai sinh đến Ủy ban nhân dân xã, phường để được ghi là người đại diện."
    )


class IdentityRevoked(Problem):
    """The link of this account with the resident was ended, by the person or by an officer."""

    slug, status = "identity-revoked", 403
    vi = "Tài khoản này đã bị ngắt khỏi hồ sơ dân cư."
    en = "The link of this account with the resident was ended."
    guide_vi = (
        "Nếu muốn dùng lại, hãy mang căn cước đến Trung tâm phục vụ hành chính công: công chức mở lại liên kết trong vài"
        " phút. Nếu không tự ngắt, hãy báo ngay vì có thể ai đó đã dùng tài khoản."
    )


class IdentityConflict(Problem):
    """The resident is linked with another account of this identity provider: an officer decides."""

    slug, status = "identity-conflict", 403
    vi = "Hồ sơ dân cư này đã gắn với một tài khoản khác của cùng nhà cung cấp định danh."
    en = "This resident is linked with another account of this identity provider."
    guide_vi = (
        "Hãy đăng nhập bằng tài khoản cũ, hoặc mang căn cước đến Trung tâm phục vụ hành chính công để công chức ngắt tài"
        " khoản cũ; sau đó tài khoản này đăng nhập được."
    )


class NotRepresentative(Problem):
    """`X-Acting-For` names a person for whom the caller may not act, or may no longer act."""

    slug, status = "not-representative", 403
    vi = "Bạn không (hoặc không còn) được làm thay cho người hay tổ chức này."
    en = "You may not, or may no longer, act for this person or organization."
    guide_vi = (
        "Xem danh sách người mình được làm thay trong ứng dụng. Người được đại diện, hoặc công chức xã khi có giấy tờ, có thể"
        " cho phép lại."
    )

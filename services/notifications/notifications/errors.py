"""Problems that notifications answers beside the common ones."""

from chassis.errors import Problem


class SubscriptionLimit(Problem):
    """A partner has as many subscriptions as it may have; delete one first."""

    slug, status = "subscription-limit", 409
    vi = "Đối tác đã có đủ số lượng đăng ký nhận sự kiện."
    en = "The partner has as many subscriptions as it may have."


class ReplayTooOld(Problem):
    """Events are kept 30 days; the window of the replay lies before that."""

    slug, status = "replay-too-old", 422
    vi, en = "Sự kiện chỉ được giữ 30 ngày.", "Events are kept for 30 days."


class DeviceLimit(Problem):
    """A person has as many devices as may get pushes; remove one first."""

    slug, status = "device-limit", 409
    vi = "Ông/bà đã đăng ký đủ số thiết bị nhận thông báo."
    en = "The person has as many devices as may be registered."

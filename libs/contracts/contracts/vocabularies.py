"""Closed lists of codes that several services read: one term a code, with its titles and the other names people write.

A service that alone knows a list may keep it; a list that a REST client chooses from stands here, so that
`GET /v1/vocabularies` serves it and `chassis.web.vocabulary.code_of` reads it in bodies and imports.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A code, its Vietnamese and English title, and the other names (`also`) that are read as this code."""

    code: str
    title: str
    title_en: str
    also: tuple[str, ...] = ()


BODIES = (
    Term("people_committee", "Ủy ban nhân dân", "People's Committee", ("UBND", "Ủy ban")),
    Term("party", "Đảng ủy", "Party committee", ("Thường trực Đảng ủy", "Ban Thường vụ Đảng ủy", "Huyện ủy")),
    Term(
        "steering_committee",
        "Ban Chỉ đạo chuyển đổi số",
        "Steering committee for digital transformation",
        ("BCĐ chuyển đổi số", "Ban Chỉ đạo CĐS"),
    ),
    Term(
        "information",
        "Sở Khoa học và Công nghệ",
        "Department of Science and Technology",
        ("Sở Thông tin và Truyền thông", "Bộ Khoa học và Công nghệ", "Bộ Thông tin và Truyền thông"),
    ),
    Term(
        "culture",
        "Phòng Văn hóa - Xã hội",
        "Office of culture and social affairs",
        ("Văn hóa - Thông tin", "Văn hóa", "Văn hóa - Xã hội", "Phòng Văn hóa và Thông tin", "Công chức văn hóa"),
    ),
    Term(
        "culture_centre",
        "Trung tâm Văn hóa, Thông tin, Thể thao và Du lịch",
        "Centre of culture, information, sports and tourism",
        ("Trung tâm Văn hóa",),
    ),
    Term("office", "Văn phòng HĐND và UBND", "Office of the People's Council and People's Committee", ("Văn phòng",)),
    Term(
        "office_statistics",
        "Văn phòng - Thống kê",
        "Office and statistics",
        ("Công chức Văn phòng - Thống kê", "Văn phòng thống kê"),
    ),
    Term(
        "one_stop",
        "Trung tâm Phục vụ hành chính công",
        "One-stop service centre",
        ("Bộ phận một cửa", "Một cửa", "Bộ phận tiếp nhận và trả kết quả"),
    ),
    Term("police", "Công an", "Police", ("CA",)),
    Term(
        "fatherland_front",
        "Ủy ban Mặt trận Tổ quốc Việt Nam",
        "Vietnam Fatherland Front",
        ("Mặt trận Tổ quốc", "MTTQ", "Mặt trận"),
    ),
    Term("youth_union", "Đoàn Thanh niên", "Youth Union", ("Đoàn TNCS Hồ Chí Minh", "Đoàn TN", "Đoàn xã")),
    Term("women_union", "Hội Liên hiệp Phụ nữ", "Women's Union", ("Hội Phụ nữ", "Hội LHPN", "Phụ nữ")),
    Term("veterans_association", "Hội Cựu chiến binh", "Veterans' Association", ("Hội CCB", "Cựu chiến binh")),
    Term("farmers_union", "Hội Nông dân", "Farmers' Union", ("Hội ND", "Nông dân")),
    Term(
        "school",
        "Trường Trung học cơ sở",
        "Lower secondary school",
        ("Trường THCS", "THCS", "Học sinh", "Học sinh lớp 9"),
    ),
    Term(
        "community_digital_team",
        "Tổ công nghệ số cộng đồng",
        "Community digital technology team",
        ("Tổ CNSCĐ", "Tổ công nghệ số"),
    ),
    Term("implementation_team", "Tổ triển khai", "Implementation team"),
    Term("technical_support", "Đội hỗ trợ kỹ thuật", "Technical support team", ("Hỗ trợ kỹ thuật",)),
    Term("telecom", "Doanh nghiệp viễn thông", "Telecommunications enterprise", ("Viễn thông", "Nhà mạng")),
    Term("bank", "Ngân hàng", "Bank", ("Các ngân hàng", "Chi nhánh ngân hàng")),
)
"""Agencies, unions and enterprises that the plans of the communes give work to, by their names of today.

`services/onboarding/onboarding/model/bodies.yaml` has the dated names that plans and reports print.
"""

ACCESS_PURPOSES = (
    Term("dossier", "Giải quyết hồ sơ", "Handling a dossier"),
    Term("onboarding", "Hướng dẫn sử dụng dịch vụ số", "Helping people onto digital services"),
    Term("payment", "Thanh toán", "Payments"),
    Term("feedback", "Phản ánh, kiến nghị", "Feedback"),
    Term("correction", "Chỉnh lý dữ liệu", "Correcting data"),
    Term("support", "Hỗ trợ người dân", "Support"),
)
"""Why data of another person are read: the values of the header `X-Purpose`."""

CONSENT_PURPOSES = (
    Term("prefill", "Điền sẵn biểu mẫu", "Prefilling of forms", ("điền sẵn",)),
    Term("digital_signature", "Cấp chữ ký số", "Issuing a digital signature", ("chữ ký số",)),
    Term(
        "payment_account",
        "Mở tài khoản thanh toán",
        "Opening a payment account",
        ("mở tài khoản", "tài khoản thanh toán"),
    ),
    Term("onboarding", "Hướng dẫn sử dụng dịch vụ số", "Helping onto digital services"),
    Term("dossier", "Giải quyết hồ sơ", "Handling a dossier"),
    Term("payment", "Thanh toán", "Payments"),
)
"""What a resident may consent to (Law 91/2025/QH15: a consent has one purpose)."""

_COUNTED = (
    Term("residents", "Nhân khẩu", "Residents"),
    Term("vneid", "Tài khoản VNeID đã kích hoạt", "VNeID accounts activated"),
    Term("vneid_issued", "Tài khoản VNeID đã cấp", "VNeID accounts issued"),
    Term("vneid_level_2", "Tài khoản VNeID mức độ 2", "VNeID accounts of level 2"),
    Term("portal_account", "Tài khoản Cổng dịch vụ công", "Public service portal accounts"),
    Term("province_app", "Ứng dụng dùng chung của tỉnh", "The common provincial app"),
    Term("digital_signature", "Chữ ký điện tử của người dân", "Residents' electronic signatures"),
    Term("payment_account", "Tài khoản thanh toán điện tử", "Electronic payment accounts"),
    Term("payment_account_bank", "Tài khoản ngân hàng dùng trên điện thoại", "Bank accounts with the app"),
    Term("payment_account_e_wallet", "Ví điện tử", "E-wallets"),
    Term("payment_account_mobile_money", "Tiền di động (Mobile Money)", "Mobile Money"),
    Term("cyber_protection", "Ứng dụng bảo vệ trên môi trường mạng", "Cyber-protection app"),
)
_POPULATIONS = (
    ("15_plus", "người từ đủ 15 tuổi", "people aged 15 and over"),
    ("adults", "người từ đủ 18 tuổi", "adults (18 and over)"),
    ("smartphone_users", "người dùng điện thoại thông minh", "smartphone users"),
)
INDICATORS = (
    *_COUNTED,
    *(
        Term(f"{term.code}@{code}", f"{term.title}, {title}", f"{term.title_en}, {title_en}")
        for term in _COUNTED
        for code, title, title_en in _POPULATIONS
    ),
    Term("organizations_with_app", "Doanh nghiệp dùng ứng dụng của tỉnh", "Organizations with the provincial app"),
    Term("merchants_with_qr", "Sạp chợ, cửa hàng có mã QR", "Stalls and shops with a QR code"),
    Term("utility_points_with_qr", "Điểm thu tiền điện, nước có mã QR", "Electricity and water points with a QR code"),
    Term("cashless_payments", "Giao dịch không dùng tiền mặt", "Cashless payments"),
    Term("cashless_amount", "Giá trị giao dịch không dùng tiền mặt", "Value of cashless payments"),
    Term("procedures_chosen", "Dịch vụ công toàn trình đã chọn", "Full-process services chosen"),
    Term("dossiers_online", "Hồ sơ nộp trực tuyến", "Dossiers filed online"),
    Term("dossiers_self_service", "Hồ sơ người dân tự nộp", "Dossiers filed by the people themselves"),
    Term("dossiers_on_time", "Hồ sơ giải quyết đúng hạn", "Dossiers settled on time"),
    Term("fees_paid_online", "Phí, lệ phí nộp trực tuyến", "Fees paid online"),
    Term("once_only_ratio", "Thông tin không phải khai lại", "Information not declared again"),
    Term("data_sources_live", "Cơ sở dữ liệu đang liên thông", "Linked databases that answer"),
    Term("feedback_on_time", "Phản ánh, kiến nghị trả lời đúng hạn", "Feedback answered on time"),
    Term("sessions_held", "Hội nghị, lớp tập huấn, buổi ra quân", "Sessions held"),
    Term("people_trained", "Lượt người được tập huấn", "People trained"),
    Term("merchants_trained", "Lượt cơ sở kinh doanh được tập huấn", "Businesses trained"),
    Term("residents_guided", "Người dân được hướng dẫn trực tiếp", "Residents guided in person"),
    Term(
        "officials_with_signature", "Cán bộ có chữ ký số chuyên dùng công vụ", "Officials with a public-duty signature"
    ),
    Term("communications_published", "Tin bài, buổi phát thanh", "News and broadcasts"),
)
"""Indicators of reports, which a campaign's targets and the proofs of its publications name; reporting defines them."""

MERCHANT_CATEGORIES = (
    Term(
        "market_stall",
        "Sạp chợ",
        "Market stall",
        ("Sạp", "Quầy", "Chợ", "Sạp hàng", "Quầy hàng", "Ki ốt", "Quầy chợ", "Tiểu thương", "Tiểu thương chợ"),
    ),
    Term("shop", "Cửa hàng", "Shop", ("Tạp hóa", "Hộ kinh doanh", "Cửa hàng tạp hóa", "Quán", "Siêu thị mini")),
    Term(
        "electricity", "Điểm thu tiền điện", "Electricity point", ("Điện", "Điện lực", "Tiền điện", "Công ty điện lực")
    ),
    Term("water", "Điểm thu tiền nước", "Water point", ("Nước", "Cấp nước", "Tiền nước", "Nước sạch")),
    Term(
        "public_service",
        "Điểm thu phí, lệ phí",
        "Public service point",
        ("Dịch vụ công", "Thu phí", "Bộ phận một cửa", "Một cửa"),
    ),
)
"""What a merchant is: the points that take cashless payments."""

DOCUMENT_KINDS = (
    Term("official_letter", "Công văn", "Official letter", ("CV",)),
    Term("resolution", "Nghị quyết", "Resolution", ("NQ",)),
    Term("decision", "Quyết định", "Decision", ("QĐ",)),
    Term("directive", "Chỉ thị", "Directive", ("CT",)),
    Term("rules", "Quy chế", "Rules", ("QC",)),
    Term("regulation", "Quy định", "Regulation", ("QyĐ",)),
    Term("communique", "Thông cáo", "Communiqué", ("TC",)),
    Term("notice", "Thông báo", "Notice", ("TB",)),
    Term("guidance", "Hướng dẫn", "Guidance"),
    Term("programme", "Chương trình", "Programme", ("CTr",)),
    Term("plan", "Kế hoạch", "Plan", ("KH",)),
    Term("scenario", "Phương án", "Scenario", ("PA",)),
    Term("scheme", "Đề án", "Scheme"),
    Term("project", "Dự án", "Project"),
    Term("report", "Báo cáo", "Report", ("BC",)),
    Term("minutes", "Biên bản", "Minutes", ("BB",)),
    Term("submission", "Tờ trình", "Submission", ("TTr",)),
    Term("contract", "Hợp đồng", "Contract"),
    Term("telegram", "Công điện", "Official telegram", ("CĐ",)),
    Term("memorandum", "Bản ghi nhớ", "Memorandum", ("BGN",)),
    Term("agreement", "Bản thỏa thuận", "Agreement", ("BTT",)),
    Term("authorisation", "Giấy ủy quyền", "Authorisation", ("GUQ",)),
    Term("invitation", "Giấy mời", "Invitation", ("GM",)),
    Term("introduction", "Giấy giới thiệu", "Letter of introduction", ("GGT",)),
    Term("transmittal", "Phiếu gửi", "Transmittal note", ("PG",)),
    Term("forwarding", "Phiếu chuyển", "Forwarding note", ("PC",)),
    Term("notification", "Phiếu báo", "Notification note", ("PB",)),
    Term("application", "Đơn", "Application of a person", ("Đơn đề nghị", "Đơn thư")),
)
"""Kinds of documents (Decree 30/2020/NĐ-CP, annex III); the other name is the abbreviation that stands in the symbol, e.g.
`KH` in "04/KH-UBND". HD, HĐ, ĐA and DA are no names here: without accents they would be read as one another."""

VOCABULARIES: dict[str, tuple[Term, ...]] = {
    "bodies": BODIES,
    "access-purposes": ACCESS_PURPOSES,
    "consent-purposes": CONSENT_PURPOSES,
    "indicators": INDICATORS,
    "merchant-categories": MERCHANT_CATEGORIES,
    "document-kinds": DOCUMENT_KINDS,
}
"""Every vocabulary by the name under which `GET /v1/vocabularies/{name}` serves it."""

"""What is drawn is read back by an independent reader: straight, turned, shrunk, as JPEG, and on every poster."""

import io

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from payments_qr.printing.images import qr_png, qr_svg
from payments_qr.printing.posters import Paper, Poster, masked_account, poster_pngs, posters_pdf
from payments_qr.qr_payload import QrContent, encode, folded, shortened

STALLS = [
    "Sạp rau Chị Hạnh",
    "Cửa hàng tạp hóa tổng hợp Hạnh Phúc - Chợ trung tâm xã, thôn Phúc Ấm",
    "Điểm thu tiền điện",
]


LONG_HOLDER = "CONG TY TRACH NHIEM HUU HAN MOT THANH VIEN THUONG MAI DICH VU HANH PHUC"


def poster(name: str, account_no: str = "3500205123456", holder: str = LONG_HOLDER, *, asks: bool = True) -> Poster:
    short = folded(shortened(name, 25)).upper()
    payload = encode(QrContent(initiation="static", bin="970405", account_no=account_no, merchant_name=short))
    return Poster(
        payload, name, short, "Agribank", masked_account(account_no), "Chợ Đồng Tiến", "Quầy 12", holder, asks
    )


def read_back(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def drawn(payload: str) -> Image.Image:
    return Image.open(io.BytesIO(qr_png(payload)))


PAYLOAD = poster(STALLS[0]).payload


@pytest.mark.parametrize("degrees", [0, 7, 45, 90, 133, 180, 270])
def test_a_turned_code_is_read(degrees: int) -> None:
    turned = drawn(PAYLOAD).rotate(degrees, expand=True, fillcolor=255)

    assert read_back(turned) == [PAYLOAD]


@pytest.mark.parametrize("factor", [0.35, 0.6, 1.7, 3.0])
def test_a_shrunk_or_enlarged_code_is_read(factor: float) -> None:
    image = drawn(PAYLOAD)

    assert read_back(image.resize((int(image.width * factor), int(image.height * factor)))) == [PAYLOAD]


@pytest.mark.parametrize("quality", [25, 60])
def test_a_code_photographed_as_jpeg_and_a_little_blurred_is_read(quality: int) -> None:
    stored = io.BytesIO()
    drawn(PAYLOAD).filter(ImageFilter.GaussianBlur(2)).save(stored, format="JPEG", quality=quality)

    assert read_back(Image.open(stored)) == [PAYLOAD]


def test_the_longest_payload_is_read() -> None:
    longest = encode(
        QrContent(
            initiation="dynamic", bin="970405", account_no="A" * 19, amount=9_999_999_999_999, mcc="5499",
            merchant_name="X" * 25, merchant_city="Y" * 15, postal_code="1" * 10,
            bill_number="B" * 20, reference="R" * 20, purpose="P" * 25,
        )
    )  # fmt: skip

    assert read_back(drawn(longest)) == [longest]


def test_the_vector_image_is_white_ground_and_square() -> None:
    svg = qr_svg(PAYLOAD)

    assert svg.startswith("<svg")
    assert "DOCTYPE" not in svg
    side = svg.split('width="')[1].split('"')[0]
    assert f'height="{side}"' in svg


@pytest.mark.parametrize("paper", ["a4", "a5", "a6"])
def test_every_poster_of_a_market_is_one_sheet_whose_code_scans(paper: Paper) -> None:
    posters = [poster(name, f"35002051234{number:02d}") for number, name in enumerate(STALLS)]

    sheets = poster_pngs(posters, paper)

    assert [read_back(Image.open(io.BytesIO(sheet))) for sheet in sheets] == [[p.payload] for p in posters]


def test_the_pdf_has_a_page_for_every_stall() -> None:
    pdf = posters_pdf([poster(name) for name in STALLS])

    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") == len(STALLS) or b"/Count 3" in pdf


def lines_of(sheet: bytes) -> list[tuple[int, int]]:
    """The runs of rows with ink in the middle of a sheet, from the top; a run is as high as what touches."""
    image = Image.open(io.BytesIO(sheet)).convert("L").crop((60, 0, Image.open(io.BytesIO(sheet)).width - 60, 400))
    inked = [min(image.crop((0, y, image.width, y + 1)).tobytes()) < 120 for y in range(image.height)]
    starts = [y for y in range(1, image.height) if inked[y] and not inked[y - 1]]
    ends = [y for y in range(1, image.height) if inked[y - 1] and not inked[y]]
    return list(zip(starts, ends, strict=False))


def test_a_long_name_with_stacked_accents_does_not_run_into_the_line_below() -> None:
    """Each line of the name and the place under it is a separate run: nothing touches."""
    name = "CỬA HÀNG TẠP HÓA TỔNG HỢP ẤM ẨN ỘỘ ỖỖ - CHỢ TRUNG TÂM XÃ ĐỒNG TIẾN, THÔN PHÚC ẤM, CỔNG SAU"
    [sheet] = poster_pngs([poster(name)], "a5", 150)
    [short] = poster_pngs([poster("Sạp rau")], "a5", 150)

    heights = [end - start for start, end in lines_of(sheet)]

    assert len(lines_of(sheet)) > len(lines_of(short))
    assert max(heights) < 90


def test_a_sheet_without_the_holders_name_has_the_code_and_an_instruction() -> None:
    without = poster_pngs([poster("Sạp cá", holder="", asks=False)])[0]

    assert read_back(Image.open(io.BytesIO(without))) == [poster("Sạp cá").payload]
    assert without != poster_pngs([poster("Sạp cá", asks=False)])[0]


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    words = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    document.close()
    return words


def test_the_poster_of_a_utility_speaks_of_no_seller() -> None:
    assert "người bán" not in words_of(posters_pdf([poster("Điện lực")], "a5"))
    assert "người bán" in words_of(posters_pdf([poster("Sạp cá", asks=False)], "a5"))


async def test_a_poster_names_the_holder_that_the_provider_gave_and_asks_for_the_customer_code_where_there_is_one(
    officer, activated, registered, deliver, partner_event
):
    account = {"bin": "970405", "account_no": "3500205999999"}
    point = await registered(category="electricity", name="Điện lực Triệu Sơn", market=None, settlement=account)
    data = {"merchant_id": point["id"], "account_name": "CONG TY DIEN LUC THU"}
    await deliver(partner_event("merchant.verified", data))
    stall = await activated()
    pages = []
    for merchant in (point, stall):
        await officer.post(f"/v1/merchants/{merchant['id']}/qr-codes", json={"kind": "static"})
        printed = await officer.get(f"/v1/merchants/{merchant['id']}/poster.pdf", params={"paper": "a4"})
        assert printed.status_code == 200, printed.text
        pages.append(words_of(printed.content))

    utility, market = pages
    assert "CONG TY DIEN LUC THU" in utility
    assert "Tên ngắn trong mã: DIEN LUC TRIEU SON" in utility
    assert "Nội dung chuyển khoản: ghi mã khách hàng trên hóa đơn" in utility
    assert "NGUYEN THI HANH" in market
    assert "mã khách hàng" not in market


def test_the_account_on_paper_is_masked() -> None:
    assert masked_account("3500205123456") == "••••••3456"
    assert masked_account("12345") == "••••5"
    assert "3500205123456" not in repr(poster(STALLS[0])).replace(PAYLOAD, "")

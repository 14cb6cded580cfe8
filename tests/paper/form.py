#!/usr/bin/python3
"""The forms as poppler and zbar read them: what stands on each, in which fonts, on which page. --pictures FOLDER keeps
them as pictures, for a person to look at."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tap import Tap, skip_all  # noqa: E402

SOURCE = os.environ.get("JPKI_SOURCE", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DRAW = os.path.join(os.environ.get("JPKI_BUILD", os.path.join(SOURCE, "build")), "tests", "paper", "draw-paper")
TITLES = {
    "issue": "電子証明書 新規発行/更新申請書",
    "revoke": "署名用電子証明書/利用者証明用電子証明書 失効申請/秘密鍵漏えい等届出書",
    "card-lost": "個人番号カード紛失・廃止届 電子証明書 失効申請/秘密鍵漏えい等届出書",
    "release": "利用者証明用電子証明書 一時保留解除届",
    "release-card": "個人番号カード一時停止解除届/利用者証明用電子証明書 一時停止解除届",
    "pin": "電子証明書 暗証番号変更/暗証番号初期化申請書",
    "card-pin": "個人番号カード暗証番号変更・再設定 電子証明書 暗証番号変更・再設定申請書",
    "stay": "個人番号カード在留期間更新に伴う有効期間変更申請書 兼 電子証明書発行/更新申請書",
}
LABELS = ("あて先", "申請・届出の日", "フリガナ", "氏名", "電子証明書の氏名", "生年月日", "性別", "住所", "電話番号", "申請者の区分",
          "□ 法定代理人", "□ 代理人", "本人との関係", "申請者の住所", "受付番号", "本人確認書類", "交付日", "職員")
OWN_LABELS = {
    "issue": ("□ 新規発行", "□ 更新", "□ 署名用電子証明書", "□ 利用者証明用電子証明書", "暗証番号はこの用紙に書かないでください"),
    "revoke": ("□ 失効申請", "□ 秘密鍵漏えい等届出", "漏えいを知った日", "□ 署名用電子証明書", "そのときの状況"),
    "card-lost": ("□ カードの一時停止", "□ 電子証明書の一時保留", "□ カードの廃止", "□ 電子証明書の失効申請", "□ 秘密鍵漏えい等届出", "警察の受理番号"),
    "release": ("□ 利用者証明用電子証明書の一時保留", "見つかった日", "署名用電子証明書の一時保留は解除できず"),
    "release-card": ("□ 個人番号カードの一時停止", "□ 利用者証明用電子証明書の一時停止", "見つかった場所"),
    "pin": ("□ 変更", "□ 初期化", "□ 署名用電子証明書の暗証番号", "□ 利用者証明用電子証明書の暗証番号", "暗証番号はこの用紙に書かないでください"),
    "card-pin": ("□ 変更", "□ 再設定", "□ 署名用電子証明書", "□ 利用者証明用電子証明書", "□ 住民基本台帳用（数字4桁）", "□ 券面事項入力補助用（数字4桁）"),
    "stay": ("在留カードの番号", "□ 有効期間の変更", "□ 発行", "□ 更新", "新しい満了日"),
}
ITEMS = {
    "name": "𠮷田　辻󠄀邉󠄐子", # variants of two collections: each font has one of them
    "cert-name": "吉田　辻邉子",
    "furigana": "ヨシダ　ツジベコ",
    "address": "見本県見本郡見本町大字大栄一丁目２番３号　見本ハイツ大栄第二壱番館１０５号室",
    "birth-date": "1980-01-02",
    "sex": "女",
    "number": "20261127-0042",
}
READ = {**ITEMS, "birth-date": "昭和55年（1980年）1月2日"} # as people read them
FONTS = {"IPAexMincho", "IPAmjMincho"}
A4 = (595.276, 841.89)

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-paper-")


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, timeout=60)


def draw(form, *words):
    done = run(DRAW, folder, form, *words)
    return done if done.returncode else os.path.join(folder, f"{form}.pdf")


def must_draw(form, *words):
    drawn = draw(form, *words)
    if not isinstance(drawn, str):
        tap.check(False, f"{form} is drawn", f"{words} {drawn}")
        tap.end()
    return drawn


def bare(text):
    return re.sub(r"\s", "", text)


def text_of(path):
    return bare(run("pdftotext", "-raw", path, "-").stdout)


def boxes_of(path):
    """[(text, xmin, ymin, xmax, ymax)] of the words of the page."""
    found = re.findall(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>',
                       run("pdftotext", "-bbox", path, "-").stdout)
    return [(word[4], *map(float, word[:4])) for word in found]


def check_file(form, path, kind):
    info = dict(line.split(":", 1) for line in run("pdfinfo", path).stdout.splitlines() if ":" in line)
    size = tuple(map(float, re.findall(r"[\d.]+", info.get("Page size", ""))[:2]))
    tap.check(info.get("Pages", "").strip() == "1" and len(size) == 2 and all(abs(a - b) < 0.5 for a, b in zip(size, A4)),
              f"{form}, {kind}: one page of A4", info)
    tap.check(info.get("Title", "").strip() == TITLES[form], f"{form}, {kind}: the file has its title", info)
    fonts = [(line.split()[0], line.split()[-5:-2]) for line in run("pdffonts", path).stdout.splitlines()[2:]]
    tap.check(fonts and all(re.fullmatch(r"[A-Z]{6}\+(\w+)", name) and name[7:] in FONTS and flags == ["yes", "yes", "yes"]
                            for name, flags in fonts), f"{form}, {kind}: fonts embedded, subset, ours, with Unicode", fonts)
    outside = [word for word in boxes_of(path) if word[1] < 20 or word[2] < 10 or word[3] > A4[0] - 20 or word[4] > A4[1] - 20]
    tap.check(kind == "sample" or not outside, f"{form}, {kind}: nothing beyond the margins", outside)


def check_blank(form):
    path = must_draw(form)
    text = text_of(path)
    missing = [label for label in (TITLES[form], *LABELS, *OWN_LABELS[form]) if bare(label) not in text]
    tap.check(not missing, f"{form}: every label is read back", f"{missing} {text}")
    tap.check("見本" not in text and "SAMPLE" not in text, f"{form}: no mark where nothing is a sample", text)
    check_file(form, path, "blank")


def check_filled(form):
    path = must_draw(form, *(f"{name}={text}" for name, text in ITEMS.items()))
    text = text_of(path)
    missing = [item for item in READ.values() if bare(item) not in text]
    tap.check(not missing, f"{form}: every item is read back, rare characters too", f"{missing} {text}")
    check_file(form, path, "filled")
    picture = path[:-4]
    run("pdftoppm", "-r", "150", "-gray", "-png", "-singlefile", path, picture)
    code = run("zbarimg", "-q", "--raw", picture + ".png").stdout.strip()
    tap.check(code == ITEMS["number"], f"{form}: the QR code holds the number alone", repr(code))


def check_sample(form):
    path = must_draw(form, "--sample")
    tap.check("見本／SAMPLE" in text_of(path), f"{form}: the mark across the page", text_of(path))
    check_file(form, path, "sample")


def gray_of(path, box):
    """The pixels (150 dpi) of a box in points."""
    x, y, width, height = (round(value * 150 / 72) for value in box)
    done = subprocess.run(["pdftoppm", "-r", "150", "-gray", "-x", str(x), "-y", str(y), "-W", str(width), "-H", str(height), path],
                          capture_output=True, timeout=60)
    return done.stdout.split(b"\n", 3)[3]


def test_variants_are_drawn():
    """A variant is another picture than its base, whichever font has it; without one, no code is drawn."""
    pictures = {}
    for name in ("辻", "辻󠄀", "邉", "邉󠄐", "邉󠄑"):
        path = must_draw("issue", f"name={name}")
        found = [word for word in boxes_of(path) if bare(word[0]) == name]
        tap.check(len(found) == 1, f"{name.encode('unicode_escape').decode()} is read back", boxes_of(path))
        _, x0, y0, x1, y1 = (found or [("", 0, 0, 9, 9)])[0]
        pictures[name] = gray_of(path, (140, y0 - 2, 40, y1 - y0 + 4))
    tap.check(len(set(pictures.values())) == len(pictures), "each variant has its own shape",
              [name for name in pictures if list(pictures.values()).count(pictures[name]) > 1])
    run("pdftoppm", "-r", "150", "-gray", "-png", "-singlefile", must_draw("issue"), f"{folder}/issue")
    tap.check(not run("zbarimg", "-q", "--raw", f"{folder}/issue.png").stdout, "no number, no QR code")


def test_long_items_stay_in_their_boxes():
    """Each box of the page has its neighbours; a text that leaves its own is read at another place."""
    for num in (10, 40, 80, 160):
        address = "町" * num
        path = draw("issue", f"address={address}")
        words = boxes_of(path) if isinstance(path, str) else []
        label = next((word for word in words if word[0] == "住所"), None)
        lines = [word for word in words if set(word[0]) == {"町"}]
        height = 32 * 1.3 # of its row, at most
        middle = (label[2] + label[4]) / 2 if label else 0
        tap.check(lines and sum(len(word[0]) for word in lines) == num
                  and all(word[1] > 134 and word[3] < A4[0] - 46 and abs((word[2] + word[4]) / 2 - middle) < height / 2 for word in lines),
                  f"an address of {num} characters stays in its box", f"{label} {lines} {path}")
    tap.check(not isinstance(draw("issue", "sex=" + "長" * 160), str), "one that cannot is refused")


if not all(map(shutil.which, ("pdftotext", "pdffonts", "pdfinfo", "pdftoppm", "zbarimg"))):
    skip_all("poppler-utils or zbarimg are not here")
try:
    if "--pictures" in sys.argv:
        folder = sys.argv[sys.argv.index("--pictures") + 1]
        os.makedirs(folder, exist_ok=True)
    for name in TITLES:
        check_blank(name)
        check_sample(name)
        check_filled(name)
    done = run(DRAW, folder, "all")
    tap.check(done.returncode == 0, f"all forms, processor time: {done.stdout.strip()}", done.stderr)
    test_variants_are_drawn()
    test_long_items_stay_in_their_boxes()
    refused = draw("pin", "name=" + "\U0001F600")
    tap.check(not isinstance(refused, str) and refused.stderr.startswith("unsupported"), "a character that no font has is refused", refused)
finally:
    if "--pictures" not in sys.argv:
        shutil.rmtree(folder, ignore_errors=True)
tap.end()

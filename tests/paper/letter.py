#!/usr/bin/python3
"""The letters as poppler and zbar read them: every item of each, its sentences, where the address stands, one page, two
fonts. --pictures FOLDER keeps them as pictures, for a person to look at."""
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
FONTS = {"IPAexMincho", "IPAmjMincho"}
A4 = (595.276, 841.89)
MM = 72 / 25.4
WINDOW = (22 * MM, 12 * MM, 87 * MM, 36 * MM) # seen wherever the sheet slides in the envelope
REACH = (112 * MM, 57 * MM) # what the window can ever show
TARGET = 20 # milliseconds of a processor for a page, on a machine that nobody else uses
BUSY = 3 # times as long on one that others use, too

# item: (what is given, what people read)
HEAD = {
    "name": ("𠮷田　葛󠄀子", "𠮷田　葛󠄀子"),
    "cert-name": ("吉田　葛子", "吉田　葛子"),
    "date": ("2026-11-27", "令和8年（2026年）11月27日"),
    "sender": ("見本郡見本町長", "見本郡見本町長"),
    "office": ("見本町役場大栄庁舎　マイナンバーカード交付窓口（電話 00-0000）", "見本町役場大栄庁舎　マイナンバーカード交付窓口（電話 00-0000）"),
}
POSTED = {
    **HEAD,
    "postcode": ("689-2292", "〒689-2292"),
    "address": ("見本県見本郡見本町大字大栄一丁目２番３号　見本ハイツ大栄第二壱番館１０５号室", "見本県見本郡見本町大字大栄一丁目２番３号　見本ハイツ大栄第二壱番館１０５号室"),
}
NUMBER = {"number": ("20261127-0042", "20261127-0042")}
ITEMS = {
    "inquiry": {
        **POSTED, **NUMBER,
        "deadline": ("2026-12-27", "令和8年（2026年）12月27日までに"),
        "procedure": ("更新", "申請の内容更新"),
        "kinds": ("both", "署名用と利用者証明用"),
        "proxy": ("髙橋　邉󠄐太郎", "代理人髙橋　邉󠄐太郎"),
        "pin": ("reset", "新しく使う暗証番号を決めて書きます。今の暗証番号は要りません。"),
    },
    "expiry-notice": {
        **POSTED, **NUMBER,
        "signature-until": ("2019-04-30", "署名用の最終日平成31年（2019年）4月30日"),
        "authentication-until": ("2019-05-01", "利用者証明用の最終日令和元年（2019年）5月1日"),
        "opens": ("2019-02-01", "更新できる最初の日平成31年（2019年）2月1日"),
        "card-until": ("2019-12-31", "カードの有効期間も令和元年（2019年）12月31日に終わる"),
    },
    "card-notice": {
        **POSTED, **NUMBER,
        "card-until": ("2026-12-15", "カードの最終日令和8年（2026年）12月15日"),
        "signature-until": ("2026-12-14", "署名用の最終日令和8年（2026年）12月14日"),
        "authentication-until": ("2026-12-15", "利用者証明用の最終日令和8年（2026年）12月15日"),
    },
    "revocation-notice": {
        **POSTED,
        "changed": ("氏名と住所", "氏名と住所の記載が修正されたため"),
        "revoked": ("2026-11-27", "失効した日令和8年（2026年）11月27日"),
        "works": ("authentication", "今使えるもの利用者証明用電子証明書（サイトへのログイン）"),
    },
    "hold-letter": {
        **POSTED, **NUMBER,
        "held": ("2026-11-27T18:04:05Z", "一時保留した時刻令和8年（2026年）11月28日3時04分05秒"),
        "kinds": ("both", "一時保留したもの署名用と利用者証明用"),
        "works": ("nothing", "今使えるものありません"),
        "card": ("stopped", "カード一時停止しました"),
    },
    "receipt": {
        **HEAD, **NUMBER,
        "procedure": ("再発行（住所の変更）", "再発行（住所の変更）"),
        "fee": ("200", "手数料200円"),
        "signature-from": ("2026-11-27T01:02:03Z", "使える最初の時刻令和8年（2026年）11月27日10時02分03秒"),
        "signature-until": ("2031-05-01", "使える最後の日令和13年（2031年）5月1日"),
        "signature-ended": ("2026-11-27T01:02:04Z", "失効した時刻令和8年（2026年）11月27日10時02分04秒"),
        "authentication-from": ("2026-11-27T01:02:05Z", "使える最初の時刻令和8年（2026年）11月27日10時02分05秒"),
        "authentication-until": ("2031-05-02", "使える最後の日令和13年（2031年）5月2日"),
        "authentication-ended": ("2026-11-27T01:02:06Z", "失効した時刻令和8年（2026年）11月27日10時02分06秒"),
    },
}
# what each letter must say, in the page's sense
SAYS = {
    "inquiry": ("電子証明書の申請についての照会書兼回答書", "転送不要", "意思によるものかどうか", "この日を過ぎると", "委任状", "封じ目に押印", "この用紙には書かないでください",
                "封のないもの、開いているものは受け取れません", "番号の記録は残しません", "□ 私の意思による申請です", "代理人の氏名", "代理人の本人確認書類", "心当たりがないときは"),
    "expiry-notice": ("電子証明書の有効期限通知書", "転送不要", "手数料は無料", "本人確認書類が1点", "新しい発行を申請できます", "その日に更新できます", "照会書を郵送します",
                      "この番号の更新だけに使えます", "署名用の暗証番号", "利用者証明用の暗証番号", "委任状", "更新しても最終日は延びません"),
    "card-notice": ("マイナンバーカードの有効期限のお知らせ", "転送不要", "電子証明書の更新ではなく、新しいカードの申請", "最終日は延びません", "お早めに"),
    "revocation-notice": ("署名用電子証明書の失効のお知らせ", "転送不要", "基本4情報（氏名、生年月日、性別、住所）", "元に戻せません", "利用者証明用電子証明書は、この修正では失効しません",
                          "カードの記載を新しくしたあと", "手数料は無料", "心当たりがないとき"),
    "hold-letter": ("電子証明書の一時保留のお知らせ", "転送不要", "一時保留解除届", "解除すると再び使えます", "署名用電子証明書は解除できません", "さかのぼって失効し、元に戻りません", "解除の手数料無料",
                    "署名用の発行無料", "原則として200円", "紛失の届出"),
    "receipt": ("電子証明書の手続きの控え", "だれにも教えないでください", "窓口で再設定できます"),
}
# items that may be missing, with what then is not there
LEFT_OUT = {
    "inquiry": {"pin": "暗証番号の封筒に", "proxy": "髙橋", "cert-name": "電子証明書の氏名"},
    "expiry-notice": {"card-until": "カードの有効期間も", "signature-until": "署名用の最終日平成", "cert-name": "電子証明書の氏名"},
    "card-notice": {"signature-until": "署名用の最終日", "cert-name": "電子証明書の氏名"},
    "revocation-notice": {"cert-name": "電子証明書の氏名"},
    "hold-letter": {"card": "カード一時停止", "cert-name": "電子証明書の氏名"},
    "receipt": {"fee": "手数料", "signature-ended": "10時02分04秒", "cert-name": "電子証明書の氏名"},
}

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-letter-")


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, timeout=60)


def given(letter, **changes):
    """The words that say all items of a letter, some of them changed; None: not given."""
    items = {name: item[0] for name, item in ITEMS[letter].items()}
    items.update({name.replace("_", "-"): text for name, text in changes.items()})
    return [f"{name}={text}" for name, text in items.items() if text is not None]


def draw(letter, words):
    done = run(DRAW, folder, letter, *words)
    return done if done.returncode else os.path.join(folder, f"{letter}.pdf")


def must_draw(letter, words):
    drawn = draw(letter, words)
    if not isinstance(drawn, str):
        tap.check(False, f"{letter} is drawn", f"{words} {drawn}")
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


def check_file(letter, path, kind):
    info = dict(line.split(":", 1) for line in run("pdfinfo", path).stdout.splitlines() if ":" in line)
    size = tuple(map(float, re.findall(r"[\d.]+", info.get("Page size", ""))[:2]))
    tap.check(info.get("Pages", "").strip() == "1" and len(size) == 2 and all(abs(a - b) < 0.5 for a, b in zip(size, A4)),
              f"{letter}, {kind}: one page of A4", info)
    tap.check(info.get("Title", "").strip() == SAYS[letter][0], f"{letter}, {kind}: the file has its title", info)
    fonts = [(line.split()[0], line.split()[-5:-2]) for line in run("pdffonts", path).stdout.splitlines()[2:]]
    tap.check(fonts and all(re.fullmatch(r"[A-Z]{6}\+(\w+)", name) and name[7:] in FONTS and flags == ["yes", "yes", "yes"]
                            for name, flags in fonts), f"{letter}, {kind}: fonts embedded, subset, ours, with Unicode", fonts)
    outside = [word for word in boxes_of(path) if word[1] < 40 or word[2] < 10 or word[3] > A4[0] - 25 or word[4] > A4[1] - 25]
    tap.check(kind == "sample" or not outside, f"{letter}, {kind}: nothing beyond the margins", outside)


def check_says(letter):
    path = must_draw(letter, given(letter))
    text = text_of(path)
    missing = {name: item[1] for name, item in ITEMS[letter].items() if bare(item[1]) not in text}
    tap.check(not missing, f"{letter}: every item is read back, rare characters too", f"{missing} {text}")
    missing = [words for words in SAYS[letter] if bare(words) not in text]
    tap.check(not missing, f"{letter}: it says what it must", f"{missing} {text}")
    tap.check("見本／SAMPLE" not in text and "{" not in text, f"{letter}: no mark where nothing is a sample, no place left open", text)
    check_file(letter, path, "filled")
    picture = path[:-4]
    run("pdftoppm", "-r", "150", "-gray", "-png", "-singlefile", path, picture)
    code = run("zbarimg", "-q", "--raw", picture + ".png").stdout.strip()
    wanted = ITEMS[letter].get("number", ("",))[0]
    tap.check(code == wanted, f"{letter}: the QR code holds the number alone", repr(code))


def check_sample(letter):
    path = must_draw(letter, [*given(letter), "--sample"])
    tap.check("見本／SAMPLE" in text_of(path), f"{letter}: the mark across the page", text_of(path))
    check_file(letter, path, "sample")


def check_window(letter):
    """All of the address is within the window, and nothing else ever comes into it."""
    words = boxes_of(must_draw(letter, given(letter)))
    inside = [word for word in words if word[1] < REACH[0] and word[2] < REACH[1]]
    beyond = [word for word in inside if word[1] < WINDOW[0] - 1 or word[2] < WINDOW[1] - 1 or word[3] > WINDOW[2] + 1 or word[4] > WINDOW[3] + 1]
    text = bare("".join(word[0] for word in inside))
    wanted = {bare(ITEMS[letter][name][1]) for name in ("name", "address", "postcode")} | {"転送不要", "様"}
    rest = text
    for part in wanted:
        rest = rest.replace(part, "", 1)
    tap.check(not beyond, f"{letter}: the address is seen wherever the sheet slides", beyond)
    tap.check(all(part in text for part in wanted) and not rest, f"{letter}: the window shows the address and nothing else", f"{text} {rest}")


def check_left_out(letter):
    for name, words in LEFT_OUT[letter].items():
        changes = {name.replace("-", "_"): None}
        text = text_of(must_draw(letter, given(letter, **changes)))
        tap.check(bare(words) not in text, f"{letter}: without {name}, nothing of it", text)


def test_the_same_name_is_said_once():
    text = text_of(must_draw("hold-letter", given("hold-letter", cert_name=ITEMS["hold-letter"]["name"][0])))
    tap.check("電子証明書の氏名" not in text, "where the certificate has the same name, it is not said twice", text)


def test_foreign_names():
    """Two lines, Latin above katakana; in the window, too."""
    for letter in ITEMS:
        path = must_draw(letter, given(letter, name="SAMPLE MARIA ELENA", alias="サンプル　マリア"))
        words = boxes_of(path)
        latin = [word for word in words if word[0] == "MARIA"]
        below = [word for word in words if word[0].startswith("マリア")]
        tap.check(len(latin) == len(below) == 2 and all(above[4] <= under[2] + 3 and above[2] < under[2] for above, under in zip(latin, below)),
                  f"{letter}: a foreign name in two lines, both times", f"{latin} {below}")
    path = os.path.join(folder, "issue.pdf")
    run(DRAW, folder, "issue", "name=SAMPLE MARIA ELENA", "alias=サンプル　マリア", "birth-date=1955-02-00")
    text = text_of(path)
    tap.check("SAMPLEMARIAELENAサンプルマリア" in text and "昭和30年（1955年）2月日不詳" in text, "a form has both lines, and 不詳", text)
    run(DRAW, folder, "issue", "birth-date=1989-01-08")
    tap.check("平成元年（1989年）1月8日" in text_of(path), "a form has 元年", text_of(path))


def test_long_items():
    """Up to what the window holds an address is whole; one that does not fit is refused, never cut."""
    for num in (10, 40, 70, 100):
        path = draw("hold-letter", given("hold-letter", address="町" * num))
        words = [word for word in (boxes_of(path) if isinstance(path, str) else []) if set(word[0]) == {"町"}]
        tap.check(sum(len(word[0]) for word in words) == num and all(word[3] <= WINDOW[2] + 1 for word in words),
                  f"an address of {num} characters is whole", f"{path} {words}")
    for changes in ({"address": "町" * 170}, {"name": "長" * 160}, {"office": "窓" * 170, "sender": "長" * 170}):
        for letter in ("hold-letter", "inquiry"):
            refused = draw(letter, given(letter, **changes))
            tap.check(not isinstance(refused, str) and refused.stderr.startswith("limit"), f"{letter}: refused, too long: {next(iter(changes))}", refused)


def test_refusals():
    for letter in ITEMS:
        for changes, error in (({"name": "\U0001F600"}, "unsupported"), ({"name": "邉\U000E01EF"}, "unsupported"),
                               ({"name": "見\u202e本"}, "malformed"), ({"sender": "町\u200b長"}, "malformed"), ({"office": None}, "not-found")):
            refused = draw(letter, given(letter, **changes))
            tap.check(not isinstance(refused, str) and refused.stderr.startswith(error), f"{letter}: refused, {error}: {next(iter(changes))}", refused)


def test_processor():
    for letter in ITEMS:
        taken = [list(map(float, re.findall(r"[\d.]+(?= ms)", run(DRAW, folder, letter, *given(letter), "--sample").stdout))) for _ in range(5)]
        first, again = (min(times[i] for times in taken) for i in (0, 1))
        tap.check(again < BUSY * TARGET, f"{letter}: {again:.1f} ms of a processor, the first one of a process {first:.1f} ms", taken)


if not all(map(shutil.which, ("pdftotext", "pdffonts", "pdfinfo", "pdftoppm", "zbarimg"))):
    skip_all("poppler-utils or zbarimg are not here")
try:
    for name in ITEMS:
        check_says(name)
        check_sample(name)
        check_left_out(name)
        if name != "receipt":
            check_window(name)
    test_the_same_name_is_said_once()
    test_foreign_names()
    test_long_items()
    test_refusals()
    if "--no-times" not in sys.argv:
        test_processor()
    if "--pictures" in sys.argv:
        folder, before = sys.argv[sys.argv.index("--pictures") + 1], folder
        shutil.rmtree(before)
        os.makedirs(folder, exist_ok=True)
        for name in ITEMS:
            run("pdftoppm", "-r", "100", "-png", "-singlefile", must_draw(name, given(name)), f"{folder}/{name}")
finally:
    if "--pictures" not in sys.argv:
        shutil.rmtree(folder, ignore_errors=True)
tap.end()

"""Residents that do not exist, as many as wanted: the CSV that `jpki admin import` takes, line by line.
The same numbers are the same people each time; each fifth is a child whose representative comes behind.

    /usr/bin/python3 tests/resident_data.py 1000000 > residents.csv"""
import random
import sys

FIRST = 5000001 # no number of the sample town
COLUMNS = ("number,family,given,former,alias,kana,born,sex,postcode,address,telephone,municipality,residence,"
           "leaves_on,standing,representative,card_id,card_state,card_until,old_card,stay_until,special_period,"
           "language,protected,sample,note")
FAMILIES = [("青木", "あおき"), ("石川", "いしかわ"), ("上田", "うえだ"), ("遠藤", "えんどう"), ("岡田", "おかだ"),
            ("加藤", "かとう"), ("木村", "きむら"), ("工藤", "くどう"), ("小林", "こばやし"), ("斎藤", "さいとう"),
            ("清水", "しみず"), ("杉山", "すぎやま"), ("関", "せき"), ("高橋", "たかはし"), ("千葉", "ちば")]
GIVENS = [("明", "あきら"), ("一郎", "いちろう"), ("恵", "めぐみ"), ("久美子", "くみこ"), ("健太", "けんた"),
          ("さくら", "さくら"), ("翔", "しょう"), ("直子", "なおこ"), ("花", "はな"), ("美咲", "みさき"), ("亮", "りょう")]


def line(index, chance):
    family, family_kana = chance.choice(FAMILIES)
    given, given_kana = chance.choice(GIVENS)
    is_child = index % 5 == 0
    year = chance.randrange(2012, 2026) if is_child else chance.randrange(1935, 2008)
    born = f"{year}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    address = f"鳥取県東伯郡北栄町見本{chance.randrange(1, 90)}番地{chance.randrange(1, 40)}"
    representative = FIRST + index + 1 if is_child else ""
    return (f"{FIRST + index},{family},{given},,,{family_kana}　{given_kana},{born},"
            f"{chance.choice(('male', 'female'))},000-0001,{address},,31372,,,,{representative},"
            f"{5 * 10 ** 27 + index},good,2034-05-14,,,,ja,,1,\n")


def lines(count, seed=1):
    chance = random.Random(seed)
    yield COLUMNS + "\n"
    for index in range(count):
        yield line(index, chance)
    if count and (count - 1) % 5 == 0: # a child at the end has somebody, too
        yield line(count + 1, chance).replace(str(FIRST + count + 1), str(FIRST + count), 1)


if __name__ == "__main__":
    sys.stdout.writelines(lines(int(sys.argv[1])))

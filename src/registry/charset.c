/* The table of permitted characters, asked of iconv once. */
#include "registry/charset.h"

#include <iconv.h>
#include <string.h>

#include "base/text.h"

/* The same characters of JIS X 0208 under the code points that Windows gives them: what people type
 * on such a machine is no other character. U+2015/2212/301C/2016/00A2/00A3/00AC are the standard's.
 */
static const uint16_t other_code_points[] = {0x2014, 0xFF0D, 0xFF5E, 0x2225,
                                             0xFFE0, 0xFFE1, 0xFFE2};

static void charset_put(struct charset *charset, uint32_t c)
{
    charset->bits[c / 8] |= (uint8_t)(1u << (c % 8));
}

bool charset_has(const struct charset *charset, uint32_t c)
{
    return c < 65536 && (charset->bits[c / 8] >> (c % 8) & 1);
}

/* The code set of EUC-JP that a character falls into: 0 ASCII, 1 JIS X 0208, 2 half-width katakana,
 * 3 JIS X 0212; -1 for none (Lunde, CJKV Information Processing, "EUC-JP"). */
static int code_set(iconv_t conversion, uint32_t c)
{
    struct buffer utf8 CLEANUP_BUFFER;
    buffer_init(&utf8, 4);
    text_put(&utf8, c);
    char *in = (char *)utf8.data, euc[8], *out = euc;
    size_t in_left = utf8.len, out_left = sizeof euc;
    if (!in || iconv(conversion, &in, &in_left, &out, &out_left) != 0)
        return -1;
    size_t len = (size_t)(out - euc);
    uint8_t first = (uint8_t)euc[0];
    if (len == 1)
        return first == c && c >= 0x20 && c < 0x7F ? 0 : -1;
    if (len == 2)
        return first >= 0xA1 ? 1 : first == 0x8E ? 2 : -1;
    return len == 3 && first == 0x8F ? 3 : -1;
}

static void charset_ask(iconv_t conversion, struct charset *out, size_t num[static 4])
{
    for (uint32_t c = 0x20; c < 65536; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        int set = code_set(conversion, c);
        if (set < 0)
            continue;
        num[set]++;
        if (set != 2)
            charset_put(out, c);
    }
}

enum err charset_load(struct charset *out, struct fault *fault)
{
    iconv_t conversion = iconv_open("EUC-JP", "UTF-8");
    if (conversion == (iconv_t)-1)
        return fault_set(fault, ERR_UNSUPPORTED, "charset", "this system cannot convert to EUC-JP");
    struct charset charset = {0};
    size_t num[4] = {0};
    charset_ask(conversion, &charset, num);
    iconv_close(conversion);
    if (num[1] != CHARSET_NUM_JIS_X_0208 || num[3] != CHARSET_NUM_JIS_X_0212)
        return fault_set(fault, ERR_UNSUPPORTED, "charset",
                         "EUC-JP has %zu and %zu characters here, not %d and %d", num[1], num[3],
                         CHARSET_NUM_JIS_X_0208, CHARSET_NUM_JIS_X_0212);
    for (size_t i = 0; i < COUNT_OF(other_code_points); i++)
        charset_put(&charset, other_code_points[i]);
    *out = charset;
    return ERR_NONE;
}

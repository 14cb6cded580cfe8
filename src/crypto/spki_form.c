#include "crypto/spki_form.h"

#include <string.h>

static const struct spki_form forms[] = {
    {KEY_RSA,
     24,
     33,
     RSA_2048_LEN,
     5,
     {0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
      0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01,
      0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00},
     {0x02, 0x03, 0x01, 0x00, 0x01}},
    {KEY_P256,
     26,
     26,
     P256_POINT_LEN,
     0,
     {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
      0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00},
     {0}},
};

static bool form_fits(const struct spki_form *form, struct bytes spki)
{
    if (spki.len != form->head_len + form->number_len + form->tail_len)
        return false;
    const uint8_t *number = spki.data + form->head_len;
    return memcmp(spki.data, form->head, form->head_len) == 0 &&
           memcmp(number + form->number_len, form->tail, form->tail_len) == 0 &&
           (form->type == KEY_RSA ? number[0] >= 0x80 : number[0] == 0x04);
}

const struct spki_form *spki_form_of(struct bytes spki)
{
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (form_fits(&forms[i], spki))
            return &forms[i];
    return NULL;
}

struct bytes spki_form_number(const struct spki_form *form, struct bytes spki)
{
    return bytes_of(spki.data + form->head_len, form->number_len);
}

EVP_PKEY *spki_form_read(const struct spki_form *form, struct bytes spki)
{
    struct bytes number = spki_form_number(form, spki);
    return form->type == KEY_RSA ? evp_rsa_of_modulus(number.data) : evp_p256_of_point(number);
}

/* What both halves of push_set.h share. Private to x509. */
#pragma once

#include "x509/push_set.h"
#include "x509/rice.h"

#define PUSH_SET_MAGIC     "JPKI push set 1\n"
#define PUSH_SET_MAGIC_LEN (sizeof PUSH_SET_MAGIC - 1)

const char *push_set_facts_fault(const struct push_set_facts *facts); /* NULL: none */
uint64_t push_set_blocks(const struct push_set_facts *facts);
unsigned push_set_block_len(const struct push_set_facts *facts, uint64_t block);

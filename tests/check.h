/* What every test program includes first: cmocka, and checks in the words of this project. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/err.h"

/* Both print the stable name of the error when they fail. */
#define assert_ok(expression)          assert_string_equal(err_name(expression), "none")
#define assert_err(expression, wanted) assert_string_equal(err_name(expression), err_name(wanted))

/* page_saw reports, for `make page-coverage`, what this test saw a rule of the page do: statements
 * as "S08 S11", the rule's name, whether it accepted. Taken from the decision itself, never written
 * by hand where a decision is at hand. The code cites the rule beside the function that decides,
 * page:S08 page:S11 and then "rule:" with its name; both must agree (tools/page-coverage). Appends
 * to the file named by JPKI_PAGE_LOG, if any. */
void page_saw(const char *statements, const char *rule, int accepted);

/* source_path gives the path of a file of the source tree, in a static buffer. */
const char *source_path(const char *relative);
/* source_read reads it; the caller's. */
struct buffer source_read(const char *relative);
/* folder_remove removes a folder of files; 0, or what rmdir says. */
int folder_remove(const char *path);

/* vectors_path gives the path of a file of the public test vectors (JPKI_VECTORS, or
 * ../shared/vectors), in a static buffer; NULL when it is not there: then the test skips. */
const char *vectors_path(const char *relative);

/* For one file of each program: pango keeps the system's list of fonts until the end. LeakSanitizer
 * cannot follow fontconfig's pointers, which are offsets, and takes it for lost. */
#pragma once

const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

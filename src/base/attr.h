/* Compiler attributes under readable names, and the cleanup idiom: a local that frees itself.
 * Early return instead of goto; steal() hands a value out of a self-freeing local. */
#pragma once

#define MUST_USE            __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, a) __attribute__((format(printf, fmt, a)))
#define NO_RETURN           __attribute__((noreturn))
#define CLEANUP(function)   __attribute__((cleanup(function)))

/* steal(&pointer) yields the pointer and leaves NULL behind, so that its cleanup does nothing. */
#define steal(pp)                                                                                  \
    __extension__({                                                                                \
        __typeof__(*(pp)) stolen_ = *(pp);                                                         \
        *(pp) = NULL;                                                                              \
        stolen_;                                                                                   \
    })

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

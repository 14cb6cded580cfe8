/* jpki admin import: a file of residents. What fits into one act is one; a longer file goes in
 * parts, read as it goes, and what it has come to is told on stderr. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "main/counter.h"

const struct option admin_import_options[] = {COUNTER_COMMON, {0}};

#define PART          (256 * 1024)
#define TOLD_EVERY    100000 /* lines, where stderr is no terminal */
#define LOOK_INTERVAL 250000 /* microseconds between two looks at what goes over */

struct import {
    struct counter_line *line;
    FILE *file;
    struct hash_stream *hash;
    int64_t from; /* lines sent */
    int64_t told; /* of the last progress */
    int64_t num_bad;
    size_t len; /* of what waits in text, its last line perhaps not whole */
    bool is_end;
    char text[PART];
};

static void import_free(struct import *import)
{
    if (import->file)
        fclose(import->file);
    hash_stream_free(import->hash);
    free(import);
}

/* On a terminal one line that changes; else a line now and then. */
static void tell(struct import *import, const char *what, int64_t num, bool is_last)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%s: %lld%s", what, (long long)num, is_last ? "\n" : "");
    else if (is_last || num / TOLD_EVERY != import->told / TOLD_EVERY)
        fprintf(stderr, "%s: %lld\n", what, (long long)num);
    import->told = num;
}

/* -- reading -- */

/* Fills text; the part is its whole lines, at the file's end all of it. */
static bool part_read(struct import *import, struct bytes *out)
{
    import->len +=
        fread(import->text + import->len, 1, sizeof import->text - import->len, import->file);
    import->is_end = import->len < sizeof import->text;
    size_t len = import->len;
    while (!import->is_end && len && import->text[len - 1] != '\n')
        len--;
    *out = bytes_of(import->text, len);
    return !ferror(import->file) && len;
}

static void part_drop(struct import *import, size_t len)
{
    memmove(import->text, import->text + len, import->len - len);
    import->len -= len;
}

/* -- sending -- */

static void tell_faults(struct import *import, const struct counter_answer *answer)
{
    size_t i;
    json_t *fault;
    json_array_foreach (json_object_get(answer->detail, "faults"), i, fault)
        if (import->num_bad++ < LIMIT_CSV_FAULTS)
            fprintf(stderr, "  %s\n", json_string_value(fault));
}

static int part_send(struct import *import, struct bytes part, struct counter_answer *answer)
{
    char digest[2 * SHA256_LEN + 1];
    uint8_t sum[SHA256_LEN];
    json_t *file = json_stringn((const char *)part.data, part.len);
    if (!file)
        return complain_usage(say("%s: not UTF-8, in or behind line %lld",
                                  "%s: %lld 行目以降が UTF-8 ではありません"),
                              import->line->words[0], (long long)import->from + 1);
    json_t *fields = json_pack("{s:I, s:o}", "from", (json_int_t)import->from, "file", file);
    enum err err = hash_stream_update(import->hash, part);
    if (err == ERR_NONE && import->is_end)
        err = hash_stream_finish(import->hash, sum);
    if (err == ERR_NONE && import->is_end)
        json_object_set_new(fields, "digest", json_string(hex_print(sum, sizeof sum, digest)));
    counter_answer_done(answer);
    counter_client_ask(&import->line->client, "import-part", fields, answer);
    if (answer->outcome != COUNTER_DONE)
        return counter_complain(answer);
    tell_faults(import, answer);
    import->from = counter_number(answer, "count");
    tell(import, say("lines checked", "確認済みの行"), import->from, import->is_end);
    return EXIT_DONE;
}

static int send_all(struct import *import, struct counter_answer *answer)
{
    int status = EXIT_DONE;
    while (status == EXIT_DONE && !import->is_end) {
        struct bytes part;
        if (!part_read(import, &part))
            return complain_usage(
                say("%s: cannot be read, or has no lines", "%s: 読めないか、行がありません"),
                import->line->words[0]);
        status = part_send(import, part, answer);
        part_drop(import, part.len);
    }
    return status;
}

/* What was checked goes over into the register even without us. */
static int wait_until_over(struct import *import, int64_t number, struct counter_answer *answer)
{
    for (;;) {
        counter_answer_done(answer);
        counter_client_ask(&import->line->client, "import-show",
                           json_pack("{s:I}", "number", (json_int_t)number), answer);
        if (answer->outcome != COUNTER_DONE)
            return counter_complain(answer);
        bool is_over = strcmp(counter_text(answer, "state"), "runs") != 0;
        tell(import, say("residents taken", "取り込んだ住民"),
             counter_number(answer, "count") - counter_number(answer, "remaining"), is_over);
        if (is_over)
            return counter_print(import->line, answer);
        usleep(LOOK_INTERVAL);
    }
}

static int import_in_parts(struct counter_line *line, struct counter_answer *answer)
{
    struct import *import = calloc(1, sizeof *import);
    if (!import || hash_stream_new(HASH_SHA256, &import->hash) != ERR_NONE) {
        free(import);
        return EXIT_UNDECIDED;
    }
    import->line = line;
    import->file = fopen(line->words[0], "rb");
    int status = import->file ? send_all(import, answer) : complain_usage("%s: %m", line->words[0]);
    if (status == EXIT_DONE)
        status = wait_until_over(import, counter_number(answer, "number"), answer);
    import_free(import);
    return status;
}

/* -- at once -- */

static int import_at_once(struct counter_line *line, struct bytes file,
                          struct counter_answer *answer)
{
    json_t *text = json_stringn((const char *)file.data, file.len);
    if (!text)
        return complain_usage(say("%s: not UTF-8", "%s: UTF-8 ではありません"), line->words[0]);
    counter_client_ask(&line->client, "import", json_pack("{s:o}", "file", text), answer);
    return counter_print(line, answer);
}

int run_admin_import(const struct command *command, int argc, char **argv)
{
    struct fault fault = {0};
    struct counter_line line CLEANUP_COUNTER_LINE;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct buffer file CLEANUP_BUFFER;
    buffer_init(&file, LIMIT_ACT_FILE);
    int status = counter_line_read(argc, argv, command->options, 1, &line);
    if (status != EXIT_DONE)
        return status;
    fault_name_input(&fault, line.words[0]);
    enum err err = file_read(line.words[0], &file, &fault);
    if (err == ERR_LIMIT)
        return import_in_parts(&line, &answer);
    return err == ERR_NONE ? import_at_once(&line, buffer_bytes(&file), &answer)
                           : complain_fault(&fault);
}

#include "town.h"

#include "database.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "centre/acts.h"
#include "centre/data.h"
#include "centre/serve.h"
#include "chip/personalise.h"
#include "counter/acts.h"
#include "reader/memory.h"
#include "signer/signer.h"
#include "store/rows.h"

char town_folder[64];
const char *town_algorithm;
static struct profile_site town_site;
static pid_t signer_process, centre_process;
static char paths[10][128];
static struct counter_answer last;
static int64_t town_time;
static const char *database; /* address */

static const char *path_of(int i, const char *name)
{
    snprintf(paths[i], sizeof paths[i], "%s/%s", town_folder, name);
    return paths[i];
}

static struct data_paths data_paths(void)
{
    static char municipalities[4096], substitutes[4096], appointments[4096];
    snprintf(municipalities, sizeof municipalities, "%s", source_path("etc/municipalities"));
    snprintf(substitutes, sizeof substitutes, "%s", source_path("etc/substitutes"));
    snprintf(appointments, sizeof appointments, "%s", source_path("etc/appointments"));
    return (struct data_paths){
        .database = database,
        .maps = {path_of(1, "signature.map"), path_of(2, "authentication.map")},
        .synced = path_of(9, "synced"),
        .published = path_of(3, "published"),
        .checkpoints = path_of(4, "checkpoints"),
        .municipalities = municipalities,
        .substitutes = substitutes,
        .profile = path_of(7, "profile"),
        .appointments = appointments,
    };
}

/* SubjectPublicKeyInfo of a P-256 key, up to its point. */
#define P256_SPKI_HEAD "3059301306072a8648ce3d020106082a8648ce3d030107034200"

static uint8_t permit_point[SIGNER_POINT_LEN];

/* -- processes -- */

static void passphrase(struct secret *out)
{
    secret_init(out);
    assert_ok(secret_set(out, bytes_of_text("the test's passphrase")));
}

static pid_t fork_child(void)
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    return pid;
}

static int start_signer(void)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    signer_process = fork_child();
    if (signer_process == 0) {
        struct signer *signer = NULL;
        struct secret secret CLEANUP_SECRET;
        passphrase(&secret);
        close(pair[0]);
        if (signer_open(path_of(5, "signer"), &town_site, &secret, &signer, NULL) != ERR_NONE)
            _exit(2);
        _exit(signer_serve(signer, pair[1]) == ERR_CLOSED ? 0 : 2);
    }
    close(pair[1]);
    return pair[0];
}

static void complain(const struct fault *fault)
{
    char text[512];
    fprintf(stderr, "# centre: %s\n", fault_print(fault, text, sizeof text));
}

static volatile int is_to_end;
static int web = -1; /* our end of the line that web would have */

static void on_end(int signal)
{
    is_to_end = signal;
}

static void NO_RETURN centre_run(int signer_fd, int listening, int line)
{
    static struct data data;
    struct fault fault = {0};
    struct data_paths where = data_paths();
    const struct act_table tables[] = {centre_acts(), counter_acts()};
    enum err err = data_open(&where, signer_fd, "31372", &data, &fault);
    snprintf(data.centre.web_origin, sizeof data.centre.web_origin, TOWN_ORIGIN);
    data.centre.tables = tables;
    data.centre.num_tables = COUNT_OF(tables);
    signal(SIGTERM, on_end);
    if (err == ERR_NONE)
        err = centre_start(&data.centre, &fault);
    if (err == ERR_NONE)
        err = serve_acts(&data.centre, &(struct serve_sources){.listening = listening, .web = line},
                         &is_to_end, &fault);
    if (err == ERR_NONE)
        _exit(0);
    complain(&fault);
    _exit(2);
}

static void start(void)
{
    fd_close(&web);
    int signer_fd = start_signer(), listening, line[2];
    assert_ok(socket_listen(path_of(6, "acts.sock"), &listening, NULL));
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line), 0);
    centre_process = fork_child();
    if (centre_process == 0) {
        close(line[0]);
        centre_run(signer_fd, listening, line[1]);
    }
    web = line[0];
    close(line[1]);
    close(signer_fd);
    close(listening);
}

static void end(pid_t *pid)
{
    if (*pid > 0) {
        kill(*pid, SIGKILL);
        waitpid(*pid, NULL, 0);
    }
    *pid = 0;
}

int town_centre(void)
{
    return centre_process;
}

int town_signer(void)
{
    return signer_process;
}

void town_kill_centre(void)
{
    end(&centre_process);
}

void town_restart(void)
{
    end(&centre_process);
    end(&signer_process);
    start();
}

void town_permit_key(unsigned generation)
{
    struct secret secret CLEANUP_SECRET;
    struct signer *signer = NULL;
    end(&centre_process);
    end(&signer_process);
    passphrase(&secret);
    assert_ok(signer_open(path_of(5, "signer"), &town_site, &secret, &signer, NULL));
    assert_ok(signer_add_permit_key(signer, generation, &secret, NULL));
    signer_free(signer);
    start();
}

/* While nobody else has the signer's folder open. */
static void read_permit_point(const struct secret *secret)
{
    struct signer *signer CLEANUP_SIGNER = NULL;
    assert_ok(signer_open(path_of(5, "signer"), &town_site, secret, &signer, NULL));
    assert_ok(signer_permit_key(signer, 1, permit_point));
}

/* The delivered profile, but for the algorithm, which is its last line. */
static void write_profile(void)
{
    static const char last_key[] = "\nalgorithm = ";
    struct buffer source CLEANUP_BUFFER = source_read("etc/profile"), text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_CONFIG_FILE);
    const char *begin = buffer_text(&source), *end = strstr(begin, last_key);
    assert_non_null(end);
    buffer_put(&text, begin, (size_t)(end - begin));
    buffer_put_format(&text, "%s%s\n", last_key, town_algorithm ? town_algorithm : "rsa-2048");
    assert_ok(profile_site_parse(buffer_bytes(&text), &town_site, NULL));
    assert_ok(file_replace(path_of(7, "profile"), buffer_bytes(&text), 0644, NULL));
}

static void create(void)
{
    struct secret secret CLEANUP_SECRET;
    struct fault fault = {0};
    passphrase(&secret);
    write_profile();
    assert_int_equal(mkdir(path_of(5, "signer"), 0700), 0);
    assert_int_equal(mkdir(path_of(3, "published"), 0755), 0);
    assert_ok(signer_create(path_of(5, "signer"), &town_site, NULL, &secret, NULL));
    read_permit_point(&secret);
    struct buffer staff CLEANUP_BUFFER = source_read("etc/sample/staff.csv");
    struct buffer residents CLEANUP_BUFFER = source_read("etc/sample/residents.csv");
    const struct data_first first = {.is_sample = true,
                                     .municipality = "31372",
                                     .staff = buffer_bytes(&staff),
                                     .residents = buffer_bytes(&residents)};
    struct data_paths where = data_paths();
    enum err err = data_create(&where, start_signer(), &first, &fault);
    if (err != ERR_NONE)
        complain(&fault);
    assert_ok(err);
    end(&signer_process);
}

int town_begin(void **state)
{
    (void)state;
    const char *top = getenv("TMPDIR");
    snprintf(town_folder, sizeof town_folder, "%.40s/jpki-town-XXXXXX", top ? top : "/tmp");
    assert_non_null(mkdtemp(town_folder));
    assert_ok(time_parse(TOWN_CLOCK, &town_time));
    clock_start_at(town_time);
    database = database_new(town_folder);
    create();
    start();
    return 0;
}

int town_end(void **state)
{
    (void)state;
    counter_answer_done(&last);
    end(&centre_process);
    end(&signer_process);
    database_drop();
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", town_folder);
    return system(command);
}

/* -- asking -- */

static void connect_town(const char *as, struct counter_client *out)
{
    struct fault fault = {0};
    for (int i = 0; i < 200; i++) {
        if (counter_client_open(path_of(6, "acts.sock"), as, out, &fault) == ERR_NONE)
            return;
        usleep(20000);
    }
    fail_msg("the centre cannot be reached");
}

void town_ask(const char *as, const char *act, json_t *fields, struct counter_answer *out)
{
    struct counter_client client;
    connect_town(as, &client);
    counter_client_ask(&client, act, fields, out);
    counter_client_close(&client);
}

void town_visit(const char *session, const char *act, json_t *fields, struct counter_answer *out)
{
    struct counter_client client = {.fd = web, .session = session};
    counter_client_ask(&client, act, fields, out);
}

void town_send(const char *token, const char *act, json_t *fields, struct counter_answer *out)
{
    struct counter_client client = {.fd = web, .token = token};
    counter_client_ask(&client, act, fields, out);
}

void town_visit_as(const char *as, const char *act, json_t *fields, struct counter_answer *out)
{
    struct counter_client client = {.fd = web, .as = as};
    counter_client_ask(&client, act, fields, out);
}

static void show(const char *act, const struct counter_answer *answer)
{
    char *text = answer->detail ? json_dumps(answer->detail, JSON_COMPACT) : NULL;
    print_message("# %s: %s %s\n", act, answer->fault.text, text ? text : "");
    free(text);
}

const struct counter_answer *town_done(const char *as, const char *act, json_t *fields)
{
    counter_answer_done(&last);
    town_ask(as, act, fields, &last);
    if (last.outcome != COUNTER_DONE)
        show(act, &last);
    assert_int_equal(last.outcome, COUNTER_DONE);
    return &last;
}

void town_refused(const char *as, const char *act, json_t *fields, const char *code)
{
    counter_answer_done(&last);
    town_ask(as, act, fields, &last);
    if (last.outcome != COUNTER_REFUSED || strcmp(counter_text(&last, "code"), code) != 0)
        show(act, &last);
    assert_int_equal(last.outcome, COUNTER_REFUSED);
    assert_string_equal(counter_text(&last, "code"), code);
}

const char *town_raw(const char *message)
{
    static struct buffer body;
    struct counter_client client;
    buffer_done(&body);
    buffer_init(&body, LIMIT_FRAME);
    connect_town(NULL, &client);
    assert_ok(frame_send(client.fd, bytes_of_text(message)));
    assert_ok(frame_receive(client.fd, &body, 10000));
    counter_client_close(&client);
    return buffer_text(&body);
}

void town_clock(const char *time)
{
    assert_ok(time_parse(time, &town_time));
    clock_start_at(town_time); /* what starts again starts there */
    town_done("admin1", "clock", json_pack("{s:I}", "time", (json_int_t)town_time));
}

/* -- cards -- */

static enum err save(void *context, const struct image *image)
{
    ((struct town_card *)context)->saved = *image;
    return ERR_NONE;
}

static bool give_pin(void *context, enum kind kind, bool is_new, struct secret *out)
{
    (void)is_new;
    return secret_set(out, bytes_of_text(((struct town_card *)context)->pins[kind])) == ERR_NONE;
}

void town_card_make(struct town_card *card, const char *id, bool is_old)
{
    static struct image image;
    struct buffer spki CLEANUP_BUFFER, key CLEANUP_BUFFER;
    buffer_init(&spki, 256);
    buffer_init(&key, 256);
    *card = (struct town_card){.pins = {"ABC123", "1234"}, .client = {.fd = -1}};
    assert_ok(hex_decode(bytes_of_text(P256_SPKI_HEAD), &spki));
    buffer_put(&spki, permit_point, sizeof permit_point);
    assert_ok(personalise((const uint8_t *)id, buffer_bytes(&spki), is_old, &image, NULL));
    if (!is_old) {
        assert_ok(personalise_public_key(&image, &key));
        memcpy(card->point, key.data + key.len - sizeof card->point, sizeof card->point);
    }
    assert_ok(chip_new(&image, (struct chip_store){save, card}, &card->chip));
    card->emulated = chip_card(card->chip);
    assert_ok(memory_open(&card->emulated, &card->channel));
    card->terminal = (struct terminal){.channel = &card->channel,
                                       .ask_pin = give_pin,
                                       .context = card,
                                       .ask = terminal_ask_socket,
                                       .centre = &card->client};
}

void town_card_connect(struct town_card *card, const char *as)
{
    counter_client_close(&card->client);
    connect_town(as, &card->client);
}

void town_card_register(struct town_card *card)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_card_connect(card, "card1");
    terminal_register(&card->terminal, card->point, &answer);
    if (answer.outcome != COUNTER_DONE)
        show("card-register", &answer);
    assert_int_equal(answer.outcome, COUNTER_DONE);
    town_done("card2", "approve",
              json_pack("{s:I}", "number", (json_int_t)counter_number(&answer, "parked")));
}

void town_card_done(struct town_card *card)
{
    counter_client_close(&card->client);
    terminal_done(&card->terminal);
    card_channel_close(&card->channel);
    chip_free(card->chip);
}

/* -- applications -- */

int64_t town_open(int64_t resident, const char *procedure, const char *applicant, const char *kinds,
                  const char *pin)
{
    json_t *fields = json_pack("{s:I, s:s, s:s}", "resident", (json_int_t)resident, "procedure",
                               procedure, "applicant", applicant);
    if (kinds)
        json_object_set_new(fields, "kinds", json_string(kinds));
    if (pin)
        json_object_set_new(fields, "pin", json_string(pin));
    const struct counter_answer *answer = town_done("daiei1", "application-open", fields);
    return counter_number(answer, "number");
}

static bool run_with_card(struct town_card *card)
{
    struct counter_answer answer = {0};
    town_card_connect(card, "daiei1");
    if (!terminal_step(&card->terminal, &last, &answer))
        return false;
    counter_answer_done(&last);
    last = answer;
    return true;
}

static void run_step(int64_t number, struct town_card *card, const char *step)
{
    if (card && run_with_card(card))
        return;
    if (counter_is_effect(step))
        town_done("daiei1", "execute", json_pack("{s:I}", "number", (json_int_t)number));
    else
        town_done("daiei1", "step",
                  json_pack("{s:I, s:s}", "number", (json_int_t)number, "step", step));
}

const struct counter_answer *town_run(int64_t number, struct town_card *card, const char *until)
{
    for (;;) {
        char name[64];
        town_done("daiei1", "application-show", json_pack("{s:I}", "number", (json_int_t)number));
        json_t *next = json_object_get(last.detail, "next");
        const char *step = json_string_value(json_object_get(next, "step"));
        if (!step || (until && strcmp(step, until) == 0))
            return &last;
        snprintf(name, sizeof name, "%s", step);
        run_step(number, card, name);
        if (last.outcome != COUNTER_DONE) {
            show(name, &last);
            return &last;
        }
    }
}

/* -- looking -- */

static void list_of(int64_t resident, struct certificate_list *list)
{
    struct centre centre = {0};
    assert_ok(store_open(database, STORE_READER, &centre.store, NULL));
    assert_ok(certificate_list(&centre, STATEMENT_CERTIFICATES_OF_RESIDENT, value_integer(resident),
                               list, NULL));
    store_close(centre.store);
}

int town_count(enum kind kind, int64_t resident, enum status_state state)
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    int num = 0;
    list_of(resident, &list);
    for (size_t i = 0; i < list.num; i++)
        num += list.rows[i].kind == kind && list.rows[i].state == state;
    return num;
}

int town_changes(enum kind kind, int64_t serial)
{
    struct store *store = NULL;
    int num = 0;
    assert_ok(store_open(database, STORE_READER, &store, NULL));
    {
        struct rows rows CLEANUP_ROWS = {0};
        store_query(store, STATEMENT_CHANGE_READ, VALUES(value_integer(0), value_integer(100000)),
                    &rows, NULL);
        while (rows_next(&rows))
            num += row_integer(&rows, 1) == (int64_t)kind && row_integer(&rows, 2) == serial;
        assert_ok(rows_end(&rows));
    }
    store_close(store);
    return num;
}

struct certificate town_certificate(enum kind kind, int64_t resident, enum status_state state)
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    list_of(resident, &list);
    for (size_t i = list.num; i-- > 0;)
        if (list.rows[i].kind == kind && list.rows[i].state == state)
            return list.rows[i];
    fail_msg("no such certificate");
    return (struct certificate){0};
}

struct status_entry town_map(enum kind kind, int64_t serial)
{
    struct status_map *map CLEANUP_STATUS_MAP = NULL;
    struct status_entry entry;
    assert_ok(status_map_open(data_paths().maps[kind], kind, false, &map, NULL));
    assert_ok(status_map_get(map, (uint64_t)serial, &entry));
    return entry;
}

int town_shell(const char *format, ...)
{
    char command[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int town_verify(const char *more)
{
    return town_shell("'%s/jpki' admin journal verify --socket %s/acts.sock --as auditor1 %s "
                      ">%s/out 2>&1",
                      getenv("JPKI_BUILD"), town_folder, more, town_folder);
}

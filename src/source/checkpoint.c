/* SPDX-License-Identifier: Apache-2.0 */
#include "source/checkpoint.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/strings.h"
#include "base/time.h"
#include "source/journal.h"
#include "json/json.h"
#include "json/writer.h"

#define BEGUN        "begun_at" /* the member of the head that is no fact */
#define SECONDS_MAX  ((int64_t)CMEK_CHECKPOINT_HOURS * 3600)
#define SKEW_SECONDS 300 /* by which the clocks of two machines may differ */

struct cmek_checkpoint {
    struct cmek_journal *journal;
    char since[CMEK_TIME_TEXT_SIZE]; /* when the answers from before were begun; "": there are none
                                      */
    uint64_t found;
};

/* What is being opened. */
struct opening {
    const char *path;
    const struct cmek_checkpoint_fact *facts;
    size_t count;
    struct cmek_arena *arena;
    const char *note;
};

static enum cmek_status begin(struct cmek_checkpoint *checkpoint, const struct opening *opening,
                              struct cmek_error *err)
{
    char now[CMEK_TIME_TEXT_SIZE];
    cmek_time_format(cmek_time_now(), now);
    struct cmek_strbuf head = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &head, 0);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, BEGUN, now);
    for (size_t i = 0; i < opening->count; i++)
        cmek_json_member_text(&writer, opening->facts[i].name, opening->facts[i].value);
    cmek_json_end_object(&writer);
    enum cmek_status status = cmek_journal_begin(checkpoint->journal, cmek_strbuf_text(&head), err);
    cmek_strbuf_done(&head);
    return status;
}

static enum cmek_status check_facts(const struct opening *opening, const struct cmek_json *head,
                                    struct cmek_error *err)
{
    for (size_t i = 0; i < opening->count; i++) {
        const struct cmek_checkpoint_fact *fact = &opening->facts[i];
        const char *value = cmek_json_peek(cmek_json_get(head, fact->name));
        if (!cmek_str_eq(value, fact->value))
            return cmek_fail(
                err, CMEK_E_USAGE,
                "the checkpoint '%s' is of another scan: its %s: %.200s, of this scan: "
                "%.200s; scan as before, name another file, or remove this one to "
                "begin anew",
                opening->path, fact->name, value ? value : "not told",
                fact->value ? fact->value : "none");
    }
    return CMEK_OK;
}

/* A time that is yet to come is as good as none. */
static bool is_recent(struct cmek_time begun)
{
    int64_t age = cmek_time_now().seconds - begun.seconds;
    return age >= -SKEW_SECONDS && age <= SECONDS_MAX;
}

static enum cmek_status resume(struct cmek_checkpoint *checkpoint, struct opening *opening,
                               struct cmek_time begun, struct cmek_error *err)
{
    size_t cut = 0;
    enum cmek_status status = cmek_journal_resume(checkpoint->journal, &cut, err);
    if (status != CMEK_OK)
        return status;
    cmek_time_format(begun, checkpoint->since);
    opening->note = cmek_arena_printf(
        opening->arena,
        "the checkpoint '%s' holds %zu answers since %s: the scan goes on with them", opening->path,
        cmek_journal_count(checkpoint->journal), checkpoint->since);
    if (cut > 0)
        opening->note = cmek_arena_printf(
            opening->arena, "%s; its last %zu bytes are damaged, what they held is asked for again",
            opening->note, cut);
    return CMEK_OK;
}

static enum cmek_status take_head(struct cmek_checkpoint *checkpoint, struct opening *opening,
                                  const struct cmek_json *head, struct cmek_error *err)
{
    struct cmek_time begun = {0};
    const char *begun_text = cmek_json_peek(cmek_json_get(head, BEGUN));
    enum cmek_status status = check_facts(opening, head, err);
    if (status != CMEK_OK)
        return status;
    if (begun_text && cmek_time_parse(begun_text, &begun) && is_recent(begun))
        return resume(checkpoint, opening, begun, err);
    opening->note = cmek_arena_printf(opening->arena,
                                      "the checkpoint '%s' was begun at %.40s, not within the last "
                                      "%d hours: the scan begins anew",
                                      opening->path, begun_text ? begun_text : "an unknown time",
                                      CMEK_CHECKPOINT_HOURS);
    return begin(checkpoint, opening, err);
}

static enum cmek_status open_journal(struct cmek_checkpoint *checkpoint, struct opening *opening,
                                     struct cmek_error *err)
{
    enum cmek_status status = cmek_journal_open(opening->path, &checkpoint->journal, err);
    if (status != CMEK_OK)
        return status;
    const char *text = cmek_journal_head(checkpoint->journal);
    struct cmek_json *head = NULL;
    if (!text)
        return begin(checkpoint, opening, err);
    if (cmek_json_parse(text, strlen(text), &head, NULL) != CMEK_OK)
        head = NULL; /* nothing in it is of this scan */
    status = take_head(checkpoint, opening, head, err);
    cmek_json_free(head);
    return status;
}

enum cmek_status cmek_checkpoint_open(const char *path, const struct cmek_checkpoint_fact *facts,
                                      size_t count, struct cmek_arena *arena,
                                      struct cmek_checkpoint **ret_checkpoint,
                                      const char **ret_note, struct cmek_error *err)
{
    struct cmek_checkpoint *checkpoint = cmek_calloc(1, sizeof *checkpoint);
    struct opening opening = {.path = path, .facts = facts, .count = count, .arena = arena};
    enum cmek_status status = open_journal(checkpoint, &opening, err);
    if (status != CMEK_OK) {
        cmek_journal_close(checkpoint->journal, /* removes= */ false);
        free(checkpoint);
        return status;
    }
    *ret_note = opening.note;
    *ret_checkpoint = checkpoint;
    return CMEK_OK;
}

bool cmek_checkpoint_may_hold(const struct cmek_checkpoint *checkpoint, const char *key)
{
    return cmek_journal_may_hold(checkpoint->journal, key);
}

bool cmek_checkpoint_find(struct cmek_checkpoint *checkpoint, const char *key,
                          struct cmek_journal_answer *ret_answer)
{
    bool is_there = cmek_journal_find(checkpoint->journal, key, ret_answer);
    checkpoint->found += is_there;
    return is_there;
}

void cmek_checkpoint_keep(struct cmek_checkpoint *checkpoint, const char *key, int status,
                          const struct cmek_strbuf *body)
{
    const struct cmek_journal_answer answer = {
        .status = status,
        .key = key,
        .key_length = strlen(key),
        .body = cmek_strbuf_text(body),
        .body_length = body->length,
    };
    cmek_journal_add(checkpoint->journal, &answer);
}

uint64_t cmek_checkpoint_found(const struct cmek_checkpoint *checkpoint, const char **ret_since)
{
    *ret_since = checkpoint->since[0] ? checkpoint->since : NULL;
    return checkpoint->found;
}

bool cmek_checkpoint_is_empty(const struct cmek_checkpoint *checkpoint)
{
    return cmek_journal_count(checkpoint->journal) == 0;
}

const char *cmek_checkpoint_failure(const struct cmek_checkpoint *checkpoint)
{
    return cmek_journal_failure(checkpoint->journal);
}

void cmek_checkpoint_close(struct cmek_checkpoint *checkpoint, bool removes)
{
    if (!checkpoint)
        return;
    cmek_journal_close(checkpoint->journal, removes || cmek_checkpoint_is_empty(checkpoint));
    free(checkpoint);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "source/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/time.h"
#include "base/vec.h"

#define MAGIC_BYTES (sizeof CMEK_JOURNAL_MAGIC - 1)
#define SYNC_MS     1000

/* Where an answer is. A hash is enough to look it up by: the key stands in the file. */
struct place {
    uint64_t hash, offset;
};

struct cmek_journal {
    char *path;
    int fd;
    char *head;                    /* NULL: none */
    uint64_t first, end;           /* offsets of the first answer, and behind the last */
    size_t count;                  /* answers */
    int failure;                   /* errno of adding; 0: none */
    int64_t synced_ms;             /* when it was last brought to the disk */
    bool is_dirty;                 /* since then something was added */
    CMEK_VEC(struct place) places; /* by hash, then by age */
    struct cmek_body_packer packer;
    struct cmek_strbuf frame, payload, body;
};

static enum cmek_status fail_io(struct cmek_journal *journal, const char *what,
                                struct cmek_error *err)
{
    return cmek_fail(err, CMEK_E_IO, "cannot %s the checkpoint '%s': %s", what, journal->path,
                     strerror(errno));
}

/* The number of bytes that are there, at most @p length; -1: error. */
static ssize_t read_at(const struct cmek_journal *journal, uint64_t offset, char *bytes,
                       size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t got = pread(journal->fd, bytes + done, length - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static bool write_at(const struct cmek_journal *journal, uint64_t offset, const char *bytes,
                     size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t put = pwrite(journal->fd, bytes + done, length - done, (off_t)(offset + done));
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        done += (size_t)put;
    }
    return true;
}

/* Reads the frame at an offset into journal->frame; false: no sound one is there. */
static bool read_frame(struct cmek_journal *journal, uint64_t offset, size_t *ret_length)
{
    cmek_strbuf_clear(&journal->frame);
    char *bytes = cmek_strbuf_extend(&journal->frame, CMEK_FRAME_BYTES);
    if (read_at(journal, offset, bytes, CMEK_FRAME_BYTES) != (ssize_t)CMEK_FRAME_BYTES ||
        !cmek_frame_length(bytes, ret_length))
        return false;
    bytes = cmek_strbuf_extend(&journal->frame, *ret_length);
    return read_at(journal, offset + CMEK_FRAME_BYTES, bytes, *ret_length) ==
               (ssize_t)*ret_length &&
           cmek_frame_is_sound(cmek_strbuf_text(&journal->frame), *ret_length);
}

static const char *payload_of(const struct cmek_journal *journal)
{
    return cmek_strbuf_text(&journal->frame) + CMEK_FRAME_BYTES;
}

/* Opening */

/* Answers are taken for Google's, so nobody else may have written them. */
static enum cmek_status check_file(const struct cmek_journal *journal, struct cmek_error *err)
{
    struct stat info;
    if (fstat(journal->fd, &info) != 0)
        return cmek_fail(err, CMEK_E_IO, "cannot look at the checkpoint '%s': %s", journal->path,
                         strerror(errno));
    if (!S_ISREG(info.st_mode))
        return cmek_fail(err, CMEK_E_USAGE,
                         "the checkpoint '%s' is no regular file; name another one", journal->path);
    if (info.st_uid != geteuid() || (info.st_mode & S_IWOTH))
        return cmek_fail(err, CMEK_E_DENIED,
                         "the checkpoint '%s' %s; its answers could be forged: name another one, "
                         "or remove it",
                         journal->path,
                         info.st_mode & S_IWOTH ? "can be written by everyone"
                                                : "belongs to another user");
    if (flock(journal->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return cmek_fail(err, CMEK_E_IO,
                         "the checkpoint '%s' is in use by another scan; wait for its end, or name "
                         "another file",
                         journal->path);
    return CMEK_OK;
}

/* Reads the beginning: all of it, a part of it where a writer died, or something else. */
static enum cmek_status read_beginning(struct cmek_journal *journal, struct cmek_error *err)
{
    char magic[MAGIC_BYTES];
    ssize_t got = read_at(journal, 0, magic, MAGIC_BYTES);
    if (got < 0)
        return fail_io(journal, "read", err);
    if (memcmp(magic, CMEK_JOURNAL_MAGIC, (size_t)got) != 0)
        return cmek_fail(err, CMEK_E_USAGE,
                         "'%s' is no checkpoint of this version of cmekscan, and is left as it is; "
                         "name another file",
                         journal->path);
    size_t length = 0;
    if ((size_t)got < MAGIC_BYTES || !read_frame(journal, MAGIC_BYTES, &length) ||
        memchr(payload_of(journal), '\0', length))
        return CMEK_OK;
    journal->head = cmek_strdup(payload_of(journal));
    journal->first = journal->end = MAGIC_BYTES + CMEK_FRAME_BYTES + length;
    return CMEK_OK;
}

enum cmek_status cmek_journal_attach(int fd, const char *path, struct cmek_journal **ret_journal,
                                     struct cmek_error *err)
{
    struct cmek_journal *journal = cmek_calloc(1, sizeof *journal);
    journal->path = cmek_strdup(path);
    journal->fd = fd;
    enum cmek_status status = check_file(journal, err);
    if (status == CMEK_OK)
        status = read_beginning(journal, err);
    if (status == CMEK_OK)
        *ret_journal = journal;
    else
        cmek_journal_close(journal, /* removes= */ false);
    return status;
}

enum cmek_status cmek_journal_open(const char *path, struct cmek_journal **ret_journal,
                                   struct cmek_error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        return cmek_fail(err, CMEK_E_IO, "cannot open the checkpoint '%s': %s", path,
                         errno == ELOOP ? "it is a symbolic link" : strerror(errno));
    return cmek_journal_attach(fd, path, ret_journal, err);
}

const char *cmek_journal_head(const struct cmek_journal *journal)
{
    return journal->head;
}

/* Beginning and going on */

enum cmek_status cmek_journal_begin(struct cmek_journal *journal, const char *head,
                                    struct cmek_error *err)
{
    cmek_strbuf_clear(&journal->frame);
    cmek_strbuf_puts(&journal->frame, CMEK_JOURNAL_MAGIC);
    cmek_frame_append(&journal->frame, head, strlen(head));
    if (ftruncate(journal->fd, 0) != 0 || fchmod(journal->fd, 0600) != 0 ||
        !write_at(journal, 0, cmek_strbuf_text(&journal->frame), journal->frame.length) ||
        fdatasync(journal->fd) != 0)
        return fail_io(journal, "write", err);
    free(journal->head);
    journal->head = cmek_strdup(head);
    journal->first = journal->end = journal->frame.length;
    journal->count = journal->places.count = 0;
    return CMEK_OK;
}

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hash_of(const char *key, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)key[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    return (left->offset > right->offset) - (left->offset < right->offset);
}

enum cmek_status cmek_journal_resume(struct cmek_journal *journal, size_t *ret_cut_bytes,
                                     struct cmek_error *err)
{
    uint64_t offset = journal->first;
    size_t length;
    struct cmek_journal_answer answer;
    while (read_frame(journal, offset, &length) &&
           cmek_journal_answer_read(payload_of(journal), length, &answer)) {
        *CMEK_VEC_ADD(&journal->places) =
            (struct place){hash_of(answer.key, answer.key_length), offset};
        offset += CMEK_FRAME_BYTES + length;
    }
    off_t size = lseek(journal->fd, 0, SEEK_END);
    if (size < 0 || ftruncate(journal->fd, (off_t)offset) != 0 || fchmod(journal->fd, 0600) != 0)
        return fail_io(journal, "write", err);
    *ret_cut_bytes = (size_t)size - (size_t)offset;
    journal->end = offset;
    journal->count = journal->places.count;
    if (journal->count > 0)
        qsort(journal->places.items, journal->count, sizeof *journal->places.items, compare_places);
    return CMEK_OK;
}

/* Looking up and adding */

size_t cmek_journal_count(const struct cmek_journal *journal)
{
    return journal->count;
}

/* How many places come before those of a greater hash. */
static size_t places_up_to(const struct cmek_journal *journal, uint64_t hash)
{
    size_t low = 0, high = journal->places.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (journal->places.items[middle].hash <= hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool cmek_journal_may_hold(const struct cmek_journal *journal, const char *key)
{
    uint64_t hash = hash_of(key, strlen(key));
    size_t after = places_up_to(journal, hash);
    return after > 0 && journal->places.items[after - 1].hash == hash;
}

bool cmek_journal_find(struct cmek_journal *journal, const char *key,
                       struct cmek_journal_answer *ret_answer)
{
    size_t key_length = strlen(key), length;
    uint64_t hash = hash_of(key, key_length);
    const struct place *places = journal->places.items;
    for (size_t i = places_up_to(journal, hash); i > 0 && places[i - 1].hash == hash; i--) {
        struct cmek_journal_answer answer;
        if (read_frame(journal, places[i - 1].offset, &length) &&
            cmek_journal_answer_read(payload_of(journal), length, &answer) &&
            answer.key_length == key_length && memcmp(answer.key, key, key_length) == 0)
            return cmek_journal_answer_unpack(&journal->packer, payload_of(journal), length,
                                              &journal->body, ret_answer);
    }
    return false;
}

static void sync_now_and_then(struct cmek_journal *journal)
{
    int64_t now_ms = cmek_monotonic_ms();
    journal->is_dirty = true;
    if (now_ms - journal->synced_ms < SYNC_MS)
        return;
    journal->synced_ms = now_ms;
    journal->is_dirty = false;
    if (fdatasync(journal->fd) != 0)
        journal->failure = errno;
}

void cmek_journal_add(struct cmek_journal *journal, const struct cmek_journal_answer *answer)
{
    if (journal->failure)
        return;
    cmek_strbuf_clear(&journal->payload);
    cmek_strbuf_clear(&journal->frame);
    if (!cmek_journal_answer_append(&journal->packer, answer, &journal->payload) ||
        journal->payload.length > CMEK_FRAME_PAYLOAD_MAX)
        return;
    cmek_frame_append(&journal->frame, cmek_strbuf_text(&journal->payload),
                      journal->payload.length);
    if (!write_at(journal, journal->end, cmek_strbuf_text(&journal->frame),
                  journal->frame.length)) {
        journal->failure = errno;
        (void)!ftruncate(journal->fd, (off_t)journal->end); /* else cut off when it is resumed */
        return;
    }
    journal->end += journal->frame.length;
    journal->count++;
    sync_now_and_then(journal);
}

const char *cmek_journal_failure(const struct cmek_journal *journal)
{
    return journal->failure ? strerror(journal->failure) : NULL;
}

/* A report may have been written under the same name meanwhile. */
static bool is_still_there(const struct cmek_journal *journal)
{
    struct stat ours, named;
    return fstat(journal->fd, &ours) == 0 && lstat(journal->path, &named) == 0 &&
           ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

void cmek_journal_close(struct cmek_journal *journal, bool removes)
{
    if (!journal)
        return;
    if (removes && is_still_there(journal))
        unlink(journal->path);
    else if (journal->is_dirty)
        fdatasync(journal->fd);
    close(journal->fd);
    cmek_body_packer_done(&journal->packer);
    cmek_strbuf_done(&journal->frame);
    cmek_strbuf_done(&journal->payload);
    cmek_strbuf_done(&journal->body);
    CMEK_VEC_DONE(&journal->places);
    free(journal->head);
    free(journal->path);
    free(journal);
}

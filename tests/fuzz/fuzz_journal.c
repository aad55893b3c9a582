/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of checkpoints: an input is a file. Whatever it holds, what is behind the last sound
 * answer is cut off and what is before it stays, byte for byte; an answer that was read comes back
 * after the file was added to. */
#include "source/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

#define OURS "an answer of our own"

/* The journal of a file that is open already, which stays open beside it; NULL: it is none. */
static struct cmek_journal *open_journal(int fd)
{
    struct cmek_journal *journal = NULL;
    int own = dup(fd);
    FUZZ_CHECK(own >= 0);
    if (cmek_journal_attach(own, "fuzz", &journal, NULL) != CMEK_OK)
        return NULL;
    return journal;
}

static void expect_bytes(int fd, const uint8_t *data, size_t size)
{
    FUZZ_CHECK(lseek(fd, 0, SEEK_END) == (off_t)size);
    uint8_t *bytes = malloc(size + 1);
    FUZZ_CHECK(bytes && pread(fd, bytes, size, 0) == (ssize_t)size);
    FUZZ_CHECK(memcmp(bytes, data, size) == 0);
    free(bytes);
}

static void expect_ours(struct cmek_journal *journal)
{
    struct cmek_journal_answer answer;
    FUZZ_CHECK(cmek_journal_may_hold(journal, OURS));
    FUZZ_CHECK(cmek_journal_find(journal, OURS, &answer));
    FUZZ_CHECK(answer.status == 200 && answer.body_length == 2);
    FUZZ_CHECK(memcmp(answer.body, "{}", 2) == 0);
}

/* Looks up every key that the frames have, at the places where the reader must have found them. */
static void look_up(struct cmek_journal *journal, const uint8_t *data, size_t begin, size_t end)
{
    struct cmek_strbuf key = {0};
    size_t length, count = 0;
    for (size_t at = begin; at < end; at += CMEK_FRAME_BYTES + length) {
        struct cmek_journal_answer answer, found;
        const char *frame = (const char *)data + at;
        FUZZ_CHECK(end - at >= CMEK_FRAME_BYTES && cmek_frame_length(frame, &length));
        FUZZ_CHECK(length <= end - at - CMEK_FRAME_BYTES && cmek_frame_is_sound(frame, length));
        FUZZ_CHECK(cmek_journal_answer_read(frame + CMEK_FRAME_BYTES, length, &answer));
        count++;
        cmek_strbuf_clear(&key);
        cmek_strbuf_append(&key, answer.key, answer.key_length);
        if (!memchr(answer.key, '\0', answer.key_length)) {
            FUZZ_CHECK(cmek_journal_may_hold(journal, cmek_strbuf_text(&key)));
            if (cmek_journal_find(journal, cmek_strbuf_text(&key), &found))
                FUZZ_CHECK(found.body_length <= CMEK_LIMIT_BODY_BYTES);
        }
    }
    FUZZ_CHECK(cmek_journal_count(journal) == count);
    cmek_strbuf_done(&key);
}

static void check_journal(int fd, struct cmek_journal *journal, const uint8_t *data, size_t size)
{
    size_t cut = 0;
    size_t begin =
        strlen(CMEK_JOURNAL_MAGIC) + CMEK_FRAME_BYTES + strlen(cmek_journal_head(journal));
    FUZZ_CHECK(cmek_journal_resume(journal, &cut, NULL) == CMEK_OK);
    FUZZ_CHECK(cut <= size && begin <= size - cut);
    expect_bytes(fd, data, size - cut);
    look_up(journal, data, begin, size - cut);
    const struct cmek_journal_answer ours = {200, OURS, strlen(OURS), "{}", 2};
    cmek_journal_add(journal, &ours);
    FUZZ_CHECK(!cmek_journal_failure(journal));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("checkpoint", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && fchmod(fd, 0600) == 0);
    FUZZ_CHECK(write(fd, data, size) == (ssize_t)size);
    struct cmek_journal *journal = open_journal(fd);
    if (!journal) {
        expect_bytes(fd, data, size);
        close(fd);
        return 0;
    }
    if (cmek_journal_head(journal)) {
        size_t cut = 0;
        check_journal(fd, journal, data, size);
        cmek_journal_close(journal, /* removes= */ false);
        journal = open_journal(fd);
        FUZZ_CHECK(journal && cmek_journal_head(journal));
        FUZZ_CHECK(cmek_journal_resume(journal, &cut, NULL) == CMEK_OK && cut == 0);
        expect_ours(journal);
    }
    cmek_journal_close(journal, /* removes= */ false);
    close(fd);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A Terraform plan. What is no plan gives no record; what is gives the same records twice, each
 * with a name, and with the address that it has in the plan. */
#include "source/terraform_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "fuzz.h"
#include "inventory_fixture.h"
#include "record_text.h"

static void add_record(void *payload, const struct cmek_record *record)
{
    struct cmek_strbuf *seen = payload;
    bool is_gap = record->kind == CMEK_ASSET_COVERAGE_GAP;
    FUZZ_CHECK(record->name && record->name[0] != '\0');
    FUZZ_CHECK(is_gap || (record->planned && record->planned->address));
    FUZZ_CHECK(is_gap || record->kind != CMEK_ASSET_RESOURCE || record->data.resource.type);
    if (!record->is_deleted)
        record_text(record, seen);
    cmek_strbuf_puts(seen, record->planned ? record->planned->address : "gap");
}

static enum cmek_status read_plan(const char *path, struct cmek_strbuf *ret_seen)
{
    struct cmek_record_sink sink = {add_record, ret_seen};
    struct cmek_error err = {0};
    enum cmek_status status =
        cmek_terraform_plan_read(fixture_catalogue(), path, "/nonexistent", &sink, NULL, &err);
    FUZZ_CHECK(status == CMEK_OK || (status == CMEK_E_INVALID && err.message[0] != '\0'));
    FUZZ_CHECK(status == CMEK_OK || ret_seen->length == 0);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct cmek_strbuf first = {0}, second = {0};
    int fd = memfd_create("plan", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    FUZZ_CHECK(read_plan(path, &first) == read_plan(path, &second));
    FUZZ_CHECK(cmek_str_eq(cmek_strbuf_text(&first), cmek_strbuf_text(&second)));
    cmek_strbuf_done(&first);
    cmek_strbuf_done(&second);
    close(fd);
    return 0;
}

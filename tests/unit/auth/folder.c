/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "json/writer.h"

#define FILES_MAX 8

static char folder[64], paths[FILES_MAX][256];
static int count;

void folder_make(void)
{
    snprintf(folder, sizeof folder, "/tmp/auth-test-XXXXXX");
    if (!mkdtemp(folder))
        abort();
    count = 0;
}

void folder_remove(void)
{
    while (count > 0)
        unlink(paths[--count]);
    rmdir(folder);
}

const char *folder_path(void)
{
    return folder;
}

const char *folder_write(const char *name, const char *bytes, size_t length)
{
    int index = 0;
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    while (index < count && strcmp(paths[index], path) != 0)
        index++;
    if (index == FILES_MAX)
        abort();
    if (index == count)
        memcpy(paths[count++], path, sizeof path);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        abort();
    return paths[index];
}

const char *service_account_json(const char *private_key, const char *token_uri)
{
    static char text[8192];
    struct cmek_strbuf buffer = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &buffer, 2);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "type", "service_account");
    cmek_json_member_text(&writer, "project_id", "demo");
    cmek_json_member_text(&writer, "private_key_id", "kid-7");
    cmek_json_member_text(&writer, "private_key", private_key);
    cmek_json_member_text(&writer, "client_email", "scanner@demo.iam.gserviceaccount.com");
    if (token_uri)
        cmek_json_member_text(&writer, "token_uri", token_uri);
    cmek_json_end_object(&writer);
    snprintf(text, sizeof text, "%s", cmek_strbuf_text(&buffer));
    cmek_strbuf_done(&buffer);
    return text;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over the files named on the command line, and those in the folders named, so
 * that a corpus replays as a test with any compiler. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "fuzz.h"

static size_t run_count;

static int complain(const char *path, const char *problem)
{
    fprintf(stderr, "%s: %s\n", path, problem);
    return 1;
}

static int run_file(const char *path)
{
    struct cmek_strbuf text = {0};
    struct cmek_error err = {0};
    if (cmek_file_read(path, CMEK_MIB, &text, &err) != CMEK_OK) {
        cmek_strbuf_done(&text);
        return complain(path, err.message);
    }
    /* In memory of its own, exactly as large, so that reading beyond it is seen. */
    uint8_t *data = malloc(text.length > 0 ? text.length : 1);
    if (!data)
        return complain(path, strerror(errno));
    memcpy(data, cmek_strbuf_text(&text), text.length);
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, text.length);
    run_count++;
    free(data);
    cmek_strbuf_done(&text);
    return 0;
}

static int run_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder)
        return complain(path, strerror(errno));
    int status = 0;
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        struct cmek_strbuf full = {0};
        cmek_strbuf_printf(&full, "%s/%s", path, entry->d_name);
        status |= run_file(cmek_strbuf_text(&full));
        cmek_strbuf_done(&full);
    }
    closedir(folder);
    return status;
}

int main(int argc, char **argv)
{
    int status = 0;
    for (int i = 1; i < argc; i++) {
        struct stat info;
        if (stat(argv[i], &info) != 0)
            status |= complain(argv[i], strerror(errno));
        else
            status |= S_ISDIR(info.st_mode) ? run_folder(argv[i]) : run_file(argv[i]);
    }
    if (run_count == 0)
        return complain(argv[0], "no input was run: name files or folders");
    printf("%zu inputs\n", run_count);
    return status;
}

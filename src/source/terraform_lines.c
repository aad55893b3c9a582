/* SPDX-License-Identifier: Apache-2.0 */
#include "source/terraform_lines.h"

#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"

/* Of one file, line by line. */
struct scanner {
    struct cmek_arena *arena;
    bool in_comment;
    const char *heredoc; /* the word that ends it, or NULL */
};

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r");
}

/* A label: "google_pubsub_topic". NULL: there is none. */
static const char *take_label(struct scanner *scanner, const char **at)
{
    const char *start = skip_blanks(*at);
    if (*start != '"')
        return NULL;
    size_t length = strcspn(++start, "\"");
    if (start[length] != '"')
        return NULL;
    *at = start + length + 1;
    return cmek_arena_strndup(scanner->arena, start, length);
}

/* "TYPE.NAME" of a line that begins a resource block. */
static const char *block_name(struct scanner *scanner, const char *line)
{
    const char *at = cmek_str_after(skip_blanks(line), "resource");
    const char *type = at ? take_label(scanner, &at) : NULL;
    const char *name = type ? take_label(scanner, &at) : NULL;
    return name ? cmek_arena_printf(scanner->arena, "%s.%s", type, name) : NULL;
}

static const char *skip_string(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1])
            at++;
    return *at ? at + 1 : at;
}

/* What a line leaves open for those after it. */
static void step(struct scanner *scanner, const char *at)
{
    while (*at) {
        if (scanner->in_comment) {
            const char *end = strstr(at, "*/");
            scanner->in_comment = !end;
            at = end ? end + 2 : at + strlen(at);
        } else if (*at == '"') {
            at = skip_string(at);
        } else if (*at == '#' || cmek_str_starts(at, "//")) {
            return;
        } else if (cmek_str_starts(at, "/*")) {
            scanner->in_comment = true;
            at += 2;
        } else if (cmek_str_starts(at, "<<")) {
            at += 2 + (at[2] == '-');
            size_t length = strcspn(at, " \t\r");
            if (length > 0)
                scanner->heredoc = cmek_arena_strndup(scanner->arena, at, length);
            return;
        } else {
            at++;
        }
    }
}

static bool ends_heredoc(const struct scanner *scanner, const char *line)
{
    const char *rest = cmek_str_after(skip_blanks(line), scanner->heredoc);
    return rest && *skip_blanks(rest) == '\0';
}

void cmek_tf_scan_lines(const char *text, struct cmek_arena *arena,
                        void (*found)(void *payload, const char *name, unsigned line),
                        void *payload)
{
    struct scanner scanner = {.arena = arena};
    unsigned number = 0;
    for (const char *at = text; *at; at += *at == '\n') {
        size_t length = strcspn(at, "\n");
        const char *line = cmek_arena_strndup(arena, at, length);
        at += length;
        number++;
        if (scanner.heredoc) {
            if (ends_heredoc(&scanner, line))
                scanner.heredoc = NULL;
            continue;
        }
        const char *name = scanner.in_comment ? NULL : block_name(&scanner, line);
        if (name)
            found(payload, name, number);
        step(&scanner, line);
    }
}

/* A folder that was read: places by "TYPE.NAME". */
struct folder {
    struct cmek_map places;
};

struct place {
    const char *file;
    unsigned line;
};

struct finder {
    struct cmek_tf_plan *plan;
    struct cmek_map folders; /* struct folder by real path */
    char here[PATH_MAX];     /* the working folder, or "" */
    struct folder *folder;   /* being read, with: */
    const char *file;
};

static void note_place(void *payload, const char *name, unsigned line)
{
    struct finder *finder = payload;
    struct place *place = cmek_arena_alloc(&finder->plan->arena, sizeof *place);
    *place = (struct place){finder->file, line};
    cmek_map_put(&finder->folder->places, name, place);
}

static const char *shown_path(const struct finder *finder, const char *path)
{
    const char *rest = finder->here[0] ? cmek_str_after(path, finder->here) : NULL;
    return rest && *rest == '/' ? rest + 1 : path;
}

static void read_file(struct finder *finder, const char *directory, const char *name)
{
    struct cmek_strbuf text = {0};
    struct cmek_arena arena = {0};
    const char *path = cmek_arena_printf(&finder->plan->arena, "%s/%s", directory, name);
    finder->file = shown_path(finder, path);
    if (cmek_file_read(path, CMEK_LIMIT_RULE_FILE_BYTES, &text, NULL) == CMEK_OK)
        cmek_tf_scan_lines(cmek_strbuf_text(&text), &arena, note_place, finder);
    cmek_arena_done(&arena);
    cmek_strbuf_done(&text);
}

static const struct folder *read_folder(struct finder *finder, const char *directory)
{
    struct folder *folder = cmek_map_get(&finder->folders, directory);
    DIR *entries = folder ? NULL : opendir(directory);
    if (!entries)
        return folder;
    folder = cmek_arena_alloc(&finder->plan->arena, sizeof *folder);
    cmek_map_put(&finder->folders, directory, folder);
    finder->folder = folder;
    size_t left = CMEK_LIMIT_DIRECTORY_FILES;
    for (struct dirent *entry = readdir(entries); entry && left > 0;
         entry = readdir(entries), left--)
        if (cmek_str_ends(entry->d_name, ".tf") || cmek_str_ends(entry->d_name, ".tofu"))
            read_file(finder, directory, entry->d_name);
    closedir(entries);
    return folder;
}

static void find_blocks(const struct folder *folder, const struct cmek_tf_module *module)
{
    for (struct cmek_map_entry *e = cmek_map_first(&module->blocks); e; e = cmek_map_next(e)) {
        const struct place *place = cmek_map_get(&folder->places, cmek_map_key(e));
        struct cmek_tf_block *block = cmek_map_value(e);
        if (!place)
            continue;
        block->file = place->file;
        block->line = place->line;
    }
}

static void find_in(struct finder *finder, const struct cmek_tf_module *module,
                    const char *directory)
{
    char real[PATH_MAX];
    const struct folder *folder = realpath(directory, real) ? read_folder(finder, real) : NULL;
    if (!folder)
        return;
    find_blocks(folder, module);
    for (struct cmek_map_entry *e = cmek_map_first(&module->calls); e; e = cmek_map_next(e)) {
        const struct cmek_tf_module *call = cmek_map_value(e);
        if (call->source &&
            (cmek_str_starts(call->source, "./") || cmek_str_starts(call->source, "../")))
            find_in(finder, call,
                    cmek_arena_printf(&finder->plan->arena, "%s/%s", real, call->source));
    }
}

void cmek_tf_find_lines(struct cmek_tf_plan *plan, const char *directory)
{
    struct finder *finder = cmek_arena_alloc(&plan->arena, sizeof *finder);
    finder->plan = plan;
    if (!getcwd(finder->here, sizeof finder->here))
        finder->here[0] = '\0';
    find_in(finder, plan->root, directory);
    for (struct cmek_map_entry *e = cmek_map_first(&finder->folders); e; e = cmek_map_next(e)) {
        struct folder *folder = cmek_map_value(e);
        cmek_map_done(&folder->places);
    }
    cmek_map_done(&finder->folders);
}

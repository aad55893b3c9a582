/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Days since 1970-01-01 of a proleptic Gregorian date, counting years from March (H. Hinnant's
 * algorithm). */
static int64_t days_from_civil(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (int)((5 * day_of_year + 2) / 153);
    *ret_day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *ret_month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    *ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

/* Reads exactly @p width digits and moves the cursor; -1 when they are not there. */
static int digits(const char **cursor, int width)
{
    int value = 0;
    for (int i = 0; i < width; i++, (*cursor)++) {
        if (**cursor < '0' || **cursor > '9')
            return -1;
        value = value * 10 + (**cursor - '0');
    }
    return value;
}

static bool expect(const char **cursor, char first, char second)
{
    if (**cursor != first && **cursor != second)
        return false;
    (*cursor)++;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static bool parse_fraction(const char **cursor, int32_t *ret_nanoseconds)
{
    int32_t nanoseconds = 0, scale = 100000000;
    if (**cursor != '.') {
        *ret_nanoseconds = 0;
        return true;
    }
    (*cursor)++;
    if (**cursor < '0' || **cursor > '9')
        return false;
    for (; **cursor >= '0' && **cursor <= '9'; (*cursor)++, scale /= 10)
        nanoseconds += (**cursor - '0') * scale;
    *ret_nanoseconds = nanoseconds;
    return true;
}

static bool parse_offset(const char **cursor, int *ret_seconds)
{
    *ret_seconds = 0;
    if (**cursor == 'Z' || **cursor == 'z') {
        (*cursor)++;
        return true;
    }
    if (**cursor != '+' && **cursor != '-')
        return false;
    int sign = *(*cursor)++ == '-' ? -1 : 1;
    int hours = digits(cursor, 2);
    if (hours < 0 || hours > 23 || !expect(cursor, ':', ':'))
        return false;
    int minutes = digits(cursor, 2);
    if (minutes < 0 || minutes > 59)
        return false;
    *ret_seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

bool cmek_time_parse(const char *text, struct cmek_time *ret_time)
{
    if (!text)
        return false;
    const char *cursor = text;
    int year = digits(&cursor, 4);
    if (year < 0 || !expect(&cursor, '-', '-'))
        return false;
    int month = digits(&cursor, 2);
    if (month < 1 || month > 12 || !expect(&cursor, '-', '-'))
        return false;
    int day = digits(&cursor, 2);
    if (day < 1 || day > days_in_month(year, month) || !expect(&cursor, 'T', 't'))
        return false;
    int hour = digits(&cursor, 2);
    if (hour < 0 || hour > 23 || !expect(&cursor, ':', ':'))
        return false;
    int minute = digits(&cursor, 2);
    if (minute < 0 || minute > 59 || !expect(&cursor, ':', ':'))
        return false;
    int second = digits(&cursor, 2); /* 60 is a leap second */
    struct cmek_time time = {0};
    int offset;
    if (second < 0 || second > 60 || !parse_fraction(&cursor, &time.nanoseconds) ||
        !parse_offset(&cursor, &offset) || *cursor != '\0')
        return false;
    time.seconds =
        days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
    *ret_time = time;
    return true;
}

void cmek_time_format(struct cmek_time time, char text[CMEK_TIME_TEXT_SIZE])
{
    int64_t days = time.seconds / 86400, rest = time.seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    int64_t year;
    int month, day;
    civil_from_days(days, &year, &month, &day);
    if (year < 0 || year > 9999) {
        memcpy(text, "0000-01-01T00:00:00Z", CMEK_TIME_TEXT_SIZE);
        return;
    }
    char buffer[64];
    snprintf(buffer, sizeof buffer, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, month, day,
             (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    memcpy(text, buffer, CMEK_TIME_TEXT_SIZE);
}

int cmek_time_compare(struct cmek_time a, struct cmek_time b)
{
    if (a.seconds != b.seconds)
        return a.seconds < b.seconds ? -1 : 1;
    return (a.nanoseconds > b.nanoseconds) - (a.nanoseconds < b.nanoseconds);
}

struct cmek_time cmek_time_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (struct cmek_time){.seconds = now.tv_sec, .nanoseconds = (int32_t)now.tv_nsec};
}

int64_t cmek_monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void cmek_sleep_ms(int64_t ms)
{
    const struct timespec pause = {.tv_sec = (time_t)(ms / 1000),
                                   .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `pcap:FILE`: a capture file, read by a thread of its own as fast as the sockets take the packets,
 * so that none is lost; or, with `?rate=recorded` after the name, at the pace at which they were
 * recorded. Each start reads it from the beginning.
 */
#include "capture_reader.h"
#include "host.h"
#include "host_device.h"
#include "thread.h"

#include <sched.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define BATCH	     256
#define WAKE_BATCHES 8
#define STOP_BATCHES 64
#define NSEC	     1000000000ULL

/* While the sockets are full: look again this often, giving way to others, then sleep between
 * looks, ever longer. */
#define LOOKS	       16
#define SHORTEST_SLEEP 10000
#define LONGEST_SLEEP  1000000

/* The thread asks for sleeps that short, so they must not be rounded up by the usual 50
 * microseconds. */
#define TIMER_SLACK 1000

struct capture_file {
	struct host_device base;
	struct capture_reader *reader;
	bool recorded_rate;
	bool started;
	bool holding; /* wakes; the thread's own */
	bool used;    /* the reader has been read from */
	pthread_t thread;
	int stop_fd;	/* as long as the device, since readers of pipes look at it */
	uint32_t state; /* PFQ_DEVICE_*, stored after the reader's text is there */
	char *path;
};

/* Where a recording stands: its first packet came at `first`, and was played at `began`. */
struct pace {
	bool running;
	uint64_t first;
	uint64_t began;
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * NSEC + (uint64_t)time.tv_nsec;
}

/*
 * Readers are woken after some batches, or when this thread is about to wait: waking costs more
 * than handing on a batch does.
 */
static void hold_wakes(struct capture_file *file)
{
	if (!file->holding)
		pfq_host_hold_wakes();
	file->holding = true;
}

static void release_wakes(struct capture_file *file)
{
	if (file->holding)
		pfq_host_release_wakes();
	file->holding = false;
}

/*
 * How many packets every socket has room for: as many as wanted, if that comes about soon, else one
 * at least; 0 if the thread is to end.
 */
static unsigned int wait_for_room(struct capture_file *file, unsigned int wanted)
{
	uint64_t sleep = SHORTEST_SLEEP;

	for (unsigned int looks = 0;; looks++) {
		unsigned int room = pfq_receive_room(file->base.device, Q_ANY_QUEUE);

		if (room >= wanted || (room && looks >= LOOKS))
			return room;
		release_wakes(file);
		if (looks < LOOKS) {
			sched_yield();
			continue;
		}
		if (thread_stopping(file->stop_fd, sleep))
			return 0;
		if (sleep < LONGEST_SLEEP)
			sleep *= 2;
	}
}

/* How many of the packets are due; waits for the first. 0 if the thread is to end. */
static unsigned int wait_for_time(struct capture_file *file, struct pace *pace,
				  const struct pfq_packet *packets, unsigned int count)
{
	unsigned int due = 0;
	uint64_t time = now();

	if (!pace->running) {
		pace->running = true;
		pace->first = packets[0].sec * NSEC + packets[0].nsec;
		pace->began = time;
	}
	while (due < count) {
		uint64_t stamp = packets[due].sec * NSEC + packets[due].nsec;
		uint64_t at = stamp > pace->first ? pace->began + (stamp - pace->first) : 0;

		if (at > time && due > 0)
			break;
		if (at > time)
			release_wakes(file);
		if (at > time && thread_stopping(file->stop_fd, at - time))
			return 0;
		if (at > time)
			time = now();
		due++;
	}
	return due;
}

/* Hands packets on as there is room and, at the recorded rate, as they are due. Gives false if the
 * thread is to end. */
static bool hand_on(struct capture_file *file, struct pace *pace, struct pfq_packet *packets,
		    unsigned int count)
{
	while (count) {
		unsigned int ready = count;
		unsigned int room;

		if (file->recorded_rate)
			ready = wait_for_time(file, pace, packets, count);
		room = ready ? wait_for_room(file, ready) : 0;
		if (!room)
			return false;
		if (ready > room)
			ready = room;
		hold_wakes(file);
		pfq_receive(file->base.device, host_lane(), Q_ANY_QUEUE, packets, ready);
		packets += ready;
		count -= ready;
	}
	return true;
}

static void play_file(struct capture_file *file)
{
	struct pfq_packet packets[BATCH] __attribute__((aligned(PFQ_CACHE_LINE)));
	struct pace pace = { .running = false };
	bool pipe = capture_reader_size(file->reader) == 0;
	/* Who writes into a pipe may take his time: nothing that came through it waits for more. */
	unsigned int most = pipe ? 1 : BATCH;
	int count;

	for (unsigned int batches = 1;; batches++) {
		count = capture_reader_next(file->reader, packets, most);
		if (count < 0 && thread_stopping(file->stop_fd, 0))
			return;
		if (count <= 0)
			break;
		if (!hand_on(file, &pace, packets, (unsigned int)count))
			return;
		if (pipe || batches % WAKE_BATCHES == 0)
			release_wakes(file);
		if (batches % STOP_BATCHES == 0 && thread_stopping(file->stop_fd, 0))
			return;
	}
	PFQ_STORE_RELEASE(&file->state,
			  (uint32_t)(count < 0 ? PFQ_DEVICE_FAILED : PFQ_DEVICE_FINISHED));
}

static void *play(void *argument)
{
	struct capture_file *file = argument;

	prctl(PR_SET_TIMERSLACK, TIMER_SLACK);
	/* The pace begins when somebody listens. */
	if (wait_for_room(file, 1))
		play_file(file);
	release_wakes(file);
	return NULL;
}

/* Behind the name of no file, what looks like a setting. */
static bool has_unknown_setting(const char *path)
{
	const char *setting = strrchr(path, '?');

	return setting && strchr(setting, '=') && !strchr(setting, '/') && access(path, F_OK) < 0;
}

/* Splits off the option behind the name. */
static int read_option(struct capture_file *file, struct pfq_error *error)
{
	char *option = strstr(file->path, "?rate=");

	if (!option && has_unknown_setting(file->path))
		return pfq_fail(error, EINVAL,
				"pcap:%s: neither a file nor a setting: ?rate=recorded and "
				"?rate=full are",
				file->path);
	if (!option)
		return 0;
	if (strcmp(option, "?rate=recorded") == 0)
		file->recorded_rate = true;
	else if (strcmp(option, "?rate=full") != 0)
		return pfq_fail(error, EINVAL, "pcap:%s: the rate is \"recorded\" or \"full\"",
				file->path);
	*option = '\0';
	return 0;
}

/* The file is opened, and its header read, when the device is opened: that is when an error can be
 * told best. */
static int capture_file_open(const char *name, struct host_device **result, struct pfq_error *error)
{
	struct capture_file *file = pfq_alloc(sizeof(*file));
	int status;

	if (!file)
		return pfq_fail(error, ENOMEM, "pcap:%s: no memory", name);
	file->path = strdup(name);
	if (!file->path) {
		status = pfq_fail(error, ENOMEM, "pcap:%s: no memory", name);
		goto free_file;
	}
	status = read_option(file, error);
	if (status == 0 && !*file->path)
		status = pfq_fail(error, EINVAL, "pcap:%s: the name of a file is missing", name);
	if (status < 0)
		goto free_path;
	file->stop_fd = thread_stop_fd();
	if (file->stop_fd < 0) {
		status = pfq_fail(error, errno, "pcap:%s: no eventfd: %s", name, strerror(errno));
		goto free_path;
	}
	status = capture_reader_open(file->path, file->stop_fd, &file->reader, error);
	if (status < 0)
		goto close_stop_fd;
	*result = &file->base;
	return 0;

close_stop_fd:
	close(file->stop_fd);
free_path:
	free(file->path);
free_file:
	pfq_free(file);
	return status;
}

static void capture_file_close(struct host_device *base)
{
	struct capture_file *file = (struct capture_file *)base;

	if (file->reader)
		capture_reader_close(file->reader);
	close(file->stop_fd);
	free(file->path);
	pfq_free(file);
}

/* The file from its beginning on. */
static int rewind_file(struct capture_file *file, struct pfq_error *error)
{
	int status;

	if (file->reader && !file->used)
		return 0;
	if (file->reader)
		capture_reader_close(file->reader);
	file->reader = NULL;
	status = capture_reader_open(file->path, file->stop_fd, &file->reader, error);
	if (status == 0)
		file->used = false;
	return status;
}

static int capture_file_start(struct host_device *base, int queue, struct pfq_error *error)
{
	struct capture_file *file = (struct capture_file *)base;
	int status;

	if (queue != Q_ANY_QUEUE)
		return pfq_fail(error, EINVAL,
				"%s: a capture file has no queues: bind it with queue %d",
				base->name, Q_ANY_QUEUE);
	status = rewind_file(file, error);
	if (status < 0)
		return status;
	file->state = PFQ_DEVICE_RUNNING;
	status = thread_start(&file->thread, "pcap", play, file);
	if (status < 0)
		return pfq_fail(error, -status, "%s: no thread: %s", base->name, strerror(-status));
	file->used = true;
	file->started = true;
	return 0;
}

static void capture_file_stop(struct host_device *base, int queue)
{
	struct capture_file *file = (struct capture_file *)base;

	(void)queue;
	if (!file->started)
		return;
	thread_stop(file->thread, file->stop_fd);
	file->started = false;
}

static int capture_file_promiscuous(struct host_device *device, bool on, struct pfq_error *error)
{
	(void)device;
	(void)on;
	(void)error;
	return 0;
}

static void capture_file_stats(struct host_device *base, struct pfq_device_stats *stats)
{
	struct capture_file *file = (struct capture_file *)base;

	stats->state = PFQ_LOAD_ACQUIRE(&file->state);
	if (!file->reader)
		return;
	stats->position = capture_reader_position(file->reader);
	stats->size = capture_reader_size(file->reader);
	if (stats->state == PFQ_DEVICE_FAILED)
		snprintf(stats->text, sizeof(stats->text), "%s", capture_reader_text(file->reader));
}

static unsigned int capture_file_send(struct host_device *device, int queue,
				      const struct pfq_packet *const *packets, unsigned int count)
{
	(void)device;
	(void)queue;
	(void)packets;
	(void)count;
	return 0;
}

const struct host_driver host_capture_file_driver = {
	.prefix = "pcap:",
	.no_tx = "nothing can be sent to a capture file",
	.open = capture_file_open,
	.close = capture_file_close,
	.start = capture_file_start,
	.stop = capture_file_stop,
	.promiscuous = capture_file_promiscuous,
	.stats = capture_file_stats,
	.send = capture_file_send,
};

# The worker in Perl, with IPC::SysV and the calls that the language has built in. The protocol is in c/main.c.

use strict;
use warnings;
use IPC::SysV qw(IPC_CREAT IPC_EXCL IPC_NOWAIT IPC_PRIVATE IPC_RMID IPC_STAT GETVAL SETVAL SEM_UNDO
    shmat shmdt memread memwrite);
use Errno qw(EEXIST);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

$| = 1;

my %create = (
    semaphore => sub { semget($_[0], 1, IPC_CREAT | IPC_EXCL | 0600) },
    segment   => sub { shmget($_[0], 4096, IPC_CREAT | IPC_EXCL | 0600) },
    queue     => sub { msgget($_[0], IPC_CREAT | IPC_EXCL | 0600) },
);
my %remove = (
    semaphore => sub { defined semctl($_[0], 0, IPC_RMID, 0) or die "semctl: $!\n" },
    segment   => sub { defined shmctl($_[0], IPC_RMID, 0) or die "shmctl: $!\n" },
    queue     => sub { defined msgctl($_[0], IPC_RMID, 0) or die "msgctl: $!\n" },
);

# A set is made ready for others: its value set, and operated on once, as Stevens' protocol has it.
my $nothing = pack('s!3s!3', 0, -1, IPC_NOWAIT, 0, 1, IPC_NOWAIT);

sub make_ready {
    my ($kind, $id) = @_;
    return if $kind ne 'semaphore';
    defined semctl($id, 0, SETVAL, 1) or die "semctl: $!\n";
    semop($id, $nothing) or die "semop: $!\n";
}

sub unique {
    my ($create) = @_;
    while (1) {
        my $id = $create->(1 + int rand 0x7fffffff);
        return $id if defined $id;
        die "cannot create: $!\n" if $! != EEXIST;
    }
}

# Each gives what runs, and what ends it.
sub semaphore {
    my ($what) = @_;
    my $id = $create{semaphore}->(IPC_PRIVATE) // die "semget: $!\n";
    my $end = sub { $remove{semaphore}->($id) };
    semctl($id, 0, SETVAL, 1);
    my $flag = $what eq 'undo' || $what eq 'lock' ? SEM_UNDO : 0;
    my ($take, $give) = (pack('s!3', 0, -1, $flag), pack('s!3', 0, 1, $flag));
    my $acquire_release = sub {
        for (1 .. $_[0]) {
            semop($id, $take) or die "semop: $!\n";
            semop($id, $give) or die "semop: $!\n";
        }
    };
    my %run = (
        'acquire-release' => $acquire_release,
        'undo'            => $acquire_release,
        'lock'            => $acquire_release,
        'value'     => sub { for (1 .. $_[0]) { defined semctl($id, 0, GETVAL, 0) or die "semctl: $!\n" } },
        'set-value' => sub { for (1 .. $_[0]) { defined semctl($id, 0, SETVAL, 1) or die "semctl: $!\n" } },
        'status'    => sub {
            my $stat = '';
            for (1 .. $_[0]) { defined semctl($id, 0, IPC_STAT, $stat) or die "semctl: $!\n" }
        },
    );
    return ($run{$what}, $end);
}

sub segment {
    my ($what) = @_;
    my $key;
    my $id = unique(sub { $key = $_[0]; $create{segment}->($key) });
    my $end = sub { $remove{segment}->($id) };
    my %run = (
        'status' => sub {
            my $stat = '';
            for (1 .. $_[0]) { defined shmctl($id, IPC_STAT, $stat) or die "shmctl: $!\n" }
        },
        'get'  => sub { for (1 .. $_[0]) { defined shmget($key, 0, 0) or die "shmget: $!\n" } },
        'open' => sub {
            my $stat = '';
            for (1 .. $_[0]) {
                my $found = shmget($key, 0, 0) // die "shmget: $!\n";
                defined shmctl($found, IPC_STAT, $stat) or die "shmctl: $!\n";
            }
        },
        'shmat-shmdt' => sub {
            for (1 .. $_[0]) {
                my $address = shmat($id, undef, 0) // die "shmat: $!\n";
                defined shmdt($address) or die "shmdt: $!\n";
            }
        },
        'attach-detach' => sub {
            my $stat = '';
            for (1 .. $_[0]) {
                my $address = shmat($id, undef, 0) // die "shmat: $!\n";
                defined shmctl($id, IPC_STAT, $stat) or die "shmctl: $!\n";
                defined shmdt($address) or die "shmdt: $!\n";
            }
        },
    );
    return ($run{$what}, $end);
}

sub queue {
    my ($what, $length) = @_;
    my $id = $create{queue}->(IPC_PRIVATE) // die "msgget: $!\n";
    my $end = sub { $remove{queue}->($id) };
    my $message = pack('l! a*', 1, 't' x $length);
    my $room = $length < 4096 ? 4096 : $length;
    my $transfer = sub {
        my $received = '';
        for (1 .. $_[0]) {
            msgsnd($id, $message, 0) or die "msgsnd: $!\n";
            defined msgrcv($id, $received, $room, 0, 0) or die "msgrcv: $!\n";
        }
    };
    my $copied = sub {
        my ($text, $received) = ('t' x $length, '');
        for (1 .. $_[0]) {
            msgsnd($id, pack('l! a*', 1, $text), 0) or die "msgsnd: $!\n";
            defined msgrcv($id, $received, $room, 0, 0) or die "msgrcv: $!\n";
            my ($type, $got) = unpack('l! a*', $received);
        }
    };
    my %run = (
        'in-place' => $transfer,
        'copied'   => $copied,
        'status'   => sub {
            my $stat = '';
            for (1 .. $_[0]) { defined msgctl($id, IPC_STAT, $stat) or die "msgctl: $!\n" }
        },
    );
    return ($run{$what}, $end);
}

sub copying {
    my ($what, $size, $offset) = @_;
    my $id = shmget(IPC_PRIVATE, $size + 64, IPC_CREAT | 0600) // die "shmget: $!\n";
    my $address = shmat($id, undef, 0);
    my $attached = $!;
    $remove{segment}->($id);
    defined $address or die "shmat: $attached\n";
    memwrite($address, 's' x ($size + 64), 0, $size + 64) or die "memwrite: $!\n";
    my $bytes = 'b' x $size;
    my %run = (
        'read'  => sub { for (1 .. $_[0]) { memread($address, $bytes, $offset, $size) or die "memread: $!\n" } },
        'write' => sub { for (1 .. $_[0]) { memwrite($address, $bytes, $offset, $size) or die "memwrite: $!\n" } },
    );
    return ($run{$what}, sub { shmdt($address) });
}

sub prepare {
    my ($row, $first, $second) = @_;
    my ($kind, $what) = split m{/}, $row;
    my ($create, $remove) = ($create{$kind}, $remove{$kind});
    if ($what eq 'create-remove') {
        my $run = sub {
            for (1 .. $_[0]) {
                my $id = $create->(IPC_PRIVATE) // die "cannot create: $!\n";
                make_ready($kind, $id);
                $remove->($id);
            }
        };
        return ($run, sub { });
    }
    if ($what eq 'unique') {
        my @present = map { unique($create) } 1 .. $first;
        my $run = sub {
            for (1 .. $_[0]) {
                my $id = unique($create);
                make_ready($kind, $id);
                $remove->($id);
            }
        };
        return ($run, sub { $remove->($_) for @present });
    }
    return semaphore($what) if $kind eq 'semaphore';
    return segment($what)   if $kind eq 'segment';
    return queue($what, $first) if $kind eq 'queue';
    return copying($what, $first, $second);
}

my ($run, $end);

sub finish {
    my $ending = $end;
    ($run, $end) = ();
    $ending->() if defined $ending;
}

END { finish() }

while (my $line = <STDIN>) {
    my ($request, @words) = split ' ', $line;
    if ($request eq 'run') {
        my $start = clock_gettime(CLOCK_MONOTONIC);
        $run->($words[0]);
        printf "%.0f\n", 1e9 * (clock_gettime(CLOCK_MONOTONIC) - $start);
    } else {
        finish();
        if ($request eq 'prepare') {
            ($run, $end) = prepare(@words);
            finish() if !defined $run;
        }
        print $request eq 'end' ? "ended\n" : defined $run ? "ready\n" : "unknown\n";
    }
}

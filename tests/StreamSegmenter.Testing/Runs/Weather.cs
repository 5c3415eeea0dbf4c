using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Testing.Runs;

/// <summary>How a run is set up and what goes wrong in it: how many processes, how they deliver, and how often which fault comes.
/// A share is a probability: per step of the scheduler, unless it says otherwise. The default is calm weather.</summary>
internal sealed record Weather(int Seed)
{
    /// <summary>Longer than any run.</summary>
    public const long PatientMs = 1_000_000_000;

    public bool ExactlyOnce { get; init; } = true;

    public int Inputs { get; init; } = 1;

    public int Partitions { get; init; } = 1;

    public int Processes { get; init; } = 1;

    public int LanesEach { get; init; } = 1;

    /// <summary>A process that comes back has the name in the group that it had before.</summary>
    public bool StaticMembers { get; init; }

    /// <summary>A rebalance takes only what a member loses; otherwise everything first.</summary>
    public bool Incremental { get; init; }

    /// <summary>The inputs are written while they are read and event time is held against the clock; otherwise all was always
    /// there and time is told by the events alone.</summary>
    public bool Live { get; init; }

    /// <summary>Steps of the scheduler before the weather calms down and the run drains.</summary>
    public int StormSteps { get; init; }

    /// <summary>Between two steps.</summary>
    public int StepMsMax { get; init; } = 1;

    /// <summary>Records a poll brings at most; 0: everything at once.</summary>
    public int PollRecordsMax { get; init; }

    public int CommitIntervalMs { get; init; }

    public int ReorderEventsMax { get; init; } = 1000;

    public int IdleTimeoutMs { get; init; } = 1000;

    public long WorkingSetBytesMax { get; init; } = 256 << 20;

    /// <summary>After the last record has arrived the clock goes on for so long.</summary>
    public int LingerMs { get; init; }

    /// <summary>Facts out of order as far as the inputs are allowed.</summary>
    public bool Disorder { get; init; }

    /// <summary>Of the records, those that a producer writes twice.</summary>
    public double RepeatShare { get; init; }

    /// <summary>Behind so many records there are offsets that nobody sees.</summary>
    public double GapShare { get; init; }

    /// <summary>Of the facts, those that come far too late.</summary>
    public double StragglerShare { get; init; }

    /// <summary>Polls after which the fetch of a partition is stuck for a while.</summary>
    public double StuckShare { get; init; }

    /// <summary>Commits during which the process dies, at any of their steps.</summary>
    public double CrashShare { get; init; }

    /// <summary>Commits that fail, at any of their steps.</summary>
    public double AbortShare { get; init; }

    /// <summary>Commits of which the lane does not learn whether they became durable.</summary>
    public double DoubtShare { get; init; }

    /// <summary>Commits that are confirmed before their partitions hear of it.</summary>
    public double EarlyAnswerShare { get; init; } = 0.2;

    /// <summary>Of the commits that break off in the changelog, those of which more lines stand there in the end, while nobody can
    /// see them yet.</summary>
    public double LateShare { get; init; }

    /// <summary>Commits and restores in the middle of which the process stands still while the others go on.</summary>
    public double FreezeInsideShare { get; init; }

    /// <summary>Restores during which the process dies.</summary>
    public double CrashInRestoreShare { get; init; }

    public double KillShare { get; init; }

    /// <summary>A process is stopped in good order.</summary>
    public double StopShare { get; init; }

    /// <summary>A process stands still between two turns.</summary>
    public double FreezeShare { get; init; }

    /// <summary>A clock is set wrong by a day, or right again.</summary>
    public double JumpShare { get; init; }

    public double CompactionShare { get; init; }

    /// <summary>Every machine has a disk for checkpoints.</summary>
    public bool KeepsCheckpoints { get; init; }

    /// <summary>From one checkpoint of a shard to its next.</summary>
    public int CheckpointIntervalMs { get; init; } = 1;

    /// <summary>What a checkpoint copies in one turn.</summary>
    public int CheckpointSliceBytes { get; init; } = 1;

    /// <summary>Checkpoints that do not fit on the disk.</summary>
    public double DiskFullShare { get; init; }

    /// <summary>Some file of some machine rots.</summary>
    public double DiskRotShare { get; init; }

    /// <summary>Deaths of a process that are a power failure of its machine.</summary>
    public double PowerFailureShare { get; init; }

    /// <summary>Where stores spill that are not lent, and the name of the simulated disks.</summary>
    public string StateDirectory { get; init; } = "/simulated";

    /// <summary>How far shards may run ahead of the slowest, in event time; 0: as far as they can.</summary>
    public long AlignmentMs { get; init; }

    /// <summary>Processing time whose worth of event time the alignment is at least; 0: the alignment stays as it is.</summary>
    public long CatchUpMs { get; init; }

    /// <summary>For how long of processing time they wait for one that is not heard of.</summary>
    public long PatienceMs { get; init; } = PatientMs;

    /// <summary>Makes the files into which stores spill; null: such as there are.</summary>
    public CreateSpillFile? Spill { get; init; }

    /// <summary>Step at which a process stands still at most.</summary>
    public int FreezeStepsMax { get; init; } = 45;

    public long SessionTimeoutMs => StepMsMax * 8L;

    public long TransactionTimeoutMs => StepMsMax * 24L;

    /// <summary>How long a changelog remembers deletions at least, where there are checkpoints that rely on it; and as long as it
    /// is being read.</summary>
    public long DeleteRetentionMs { get; init; } = 86_400_000;

    /// <summary>The weather of a seed.</summary>
    public static Weather Of(int seed)
    {
        var dice = new Dice(seed);
        var random = dice[Concern.Weather];
        double Sometimes(double share) => random.Next(2) == 0 ? 0 : share * random.NextDouble();
        var exactlyOnce = random.Next(5) > 1;
        var processes = dice.Pick(Concern.Weather, 1, 2, 2, 3);
        var live = random.Next(3) == 0;
        var stepMsMax = live ? random.Next(50, 300) : random.Next(5, 100);
        return new Weather(seed)
        {
            ExactlyOnce = exactlyOnce,
            Inputs = random.Next(1, 3),
            Partitions = dice.Pick(Concern.Weather, 1, 1, 2, 2, 3),
            Processes = processes,
            LanesEach = processes < 3 ? dice.Pick(Concern.Weather, 1, 1, 2) : 1,
            StaticMembers = random.Next(2) == 0,
            Incremental = random.Next(2) == 0,
            Live = live,
            StormSteps = random.Next(20, 100),
            StepMsMax = stepMsMax,
            PollRecordsMax = random.Next(1, 9),
            CommitIntervalMs = random.Next(4) * stepMsMax,
            WorkingSetBytesMax = random.Next(4) == 0 ? 2_000 : 256 << 20,
            ReorderEventsMax = random.Next(2) == 0 ? 4 : 1000,
            IdleTimeoutMs = random.Next(50, 1000),
            Disorder = random.Next(4) > 0,
            RepeatShare = Sometimes(0.3),
            GapShare = Sometimes(0.3),
            StragglerShare = exactlyOnce ? Sometimes(0.2) : 0,
            StuckShare = Sometimes(0.2),
            CrashShare = Sometimes(0.3),
            AbortShare = Sometimes(0.4),
            DoubtShare = exactlyOnce ? Sometimes(0.3) : 0,
            FreezeInsideShare = exactlyOnce ? Sometimes(0.2) : 0,
            CrashInRestoreShare = Sometimes(0.3),
            KillShare = Sometimes(0.03),
            StopShare = Sometimes(0.03),
            FreezeShare = Sometimes(0.03),
            JumpShare = Sometimes(0.05),
            CompactionShare = Sometimes(0.2),
            LateShare = dice[Concern.Late].NextDouble(),
            KeepsCheckpoints = dice[Concern.Disk].Next(3) == 0,
            CheckpointIntervalMs = dice[Concern.Disk].Next(1, 10) * stepMsMax,
            CheckpointSliceBytes = dice.Pick(Concern.Disk, 1, 300, 1000, 512 * 1024),
            DiskFullShare = dice.Pick(Concern.Disk, 0, 0.3),
            DiskRotShare = dice.Pick(Concern.Disk, 0, 0.02),
            PowerFailureShare = dice.Pick(Concern.Disk, 0, 0.5),
            DeleteRetentionMs = dice.Pick(Concern.Disk, 12, 200) * stepMsMax,
            AlignmentMs = dice.Pick(Concern.Exchange, 0, 300, 1000, 4000),
            PatienceMs = dice.Pick(Concern.Exchange, 10L * stepMsMax, PatientMs),
            CatchUpMs = dice.Pick(Concern.Exchange, 0, 0, 200, 1000),
        };
    }
}

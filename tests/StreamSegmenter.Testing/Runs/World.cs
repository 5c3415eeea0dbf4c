using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Testing.Checks;
using StreamSegmenter.Testing.Model;
using StreamSegmenter.Testing.Mutations;
using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Testing.Runs;

/// <summary>Processes with real lanes around a model of Kafka, and whatever the weather does to them. One turn of one lane is a
/// step; chance decides whose it is. Nothing runs in parallel: who stands still in the middle of its turn lets the others
/// go on from there. After the storm everything calms down and the inputs are read to their end.</summary>
internal sealed class World : IDisposable
{
    private const int CalmStepsMax = 20_000;
    private const int NestedMax = 3;
    private const long StartMs = 1_700_000_000_000;

    // In memory where there is such a place: every life of a lane makes and removes directories.
    private static readonly string? SpillDirectory = Directory.Exists("/dev/shm") ? "/dev/shm" : null;
    private readonly Misfortunes _misfortunes;
    private readonly long _clockMaxMs;
    private int _nested;

    /// <param name="kafka">With the inputs written; all else is empty.</param>
    public World(Scenario scenario, Kafka kafka, Weather weather, Mutation? mutation = null, bool traces = false)
    {
        Scenario = scenario;
        Kafka = kafka;
        Weather = weather;
        Mutation = mutation ?? Mutation.None;
        Dice = new Dice(weather.Seed);
        Trace = traces ? new Trace(this) : null;
        Options = new EngineOptions
        {
            Inputs = [.. Enumerable.Range(0, kafka.Inputs).Select(input => new InputTiming(Kafka.InputName(input), scenario.OutOfOrdernessMs))],
            IdleTimeoutMs = weather.IdleTimeoutMs,
            MaxClockSkewMs = weather.Live ? 2 * 86_400_000 : null,
            CommitIntervalMs = weather.CommitIntervalMs,
            ReorderEventsMax = weather.ReorderEventsMax,
            WorkingSetBytesMax = weather.WorkingSetBytesMax,
            StateDirectory = SpillDirectory,
            StateMemoryBytes = 1 << 20,
            Exchange = new ExchangeOptions(kafka.Partitions)
            {
                AlignmentMs = Mutation.IgnoresAlignment ? 0 : weather.AlignmentMs, PatienceMs = weather.PatienceMs, CatchUpMs = weather.CatchUpMs, IsTransactional = weather.ExactlyOnce,
            },
        };
        EndOfInputMs = kafka.LastFactMs;
        var arrivals = weather.Live ? kafka.ArrivalsMs : (First: StartMs, Last: StartMs);
        kafka.NowMs = Math.Max(kafka.NowMs, arrivals.First);
        _clockMaxMs = weather.Live ? arrivals.Last + weather.LingerMs : long.MaxValue;
        _misfortunes = new Misfortunes(this);
        Machines = new Machines(this);
        for (var number = 0; number < weather.Processes; number++)
        {
            Machines.Start(number);
        }
    }

    public Scenario Scenario { get; }

    public Kafka Kafka { get; }

    public Weather Weather { get; }

    public Mutation Mutation { get; }

    public EngineOptions Options { get; }

    public Dice Dice { get; }

    public Trace? Trace { get; }

    public int Steps { get; private set; }

    /// <summary>How many restores read only the end of the changelog.</summary>
    public int RestoresFromCheckpoints { get; set; }

    /// <summary>Transactions of others that restores ended.</summary>
    public int TransactionsEnded { get; set; }

    /// <summary>When the restores began that are under way.</summary>
    public List<long> RestoringSinceMs { get; } = [];

    /// <summary>How many checkpoints were found damaged or too old.</summary>
    public int CheckpointsRefused { get; private set; }

    public bool IsStormy { get; private set; } = true;

    /// <summary>Nothing will ever follow what the inputs hold now.</summary>
    public bool HasAllArrived => !Weather.Live || Kafka.NowMs >= _clockMaxMs;

    /// <summary>Everybody follows the group and everything has been written: who has read all may end.</summary>
    public bool MayEnd { get; private set; }

    public long EndOfInputMs { get; }

    /// <summary>What a right clock shows.</summary>
    public long ClockMs => Math.Min(Kafka.NowMs, _clockMaxMs);

    public Machines Machines { get; }

    /// <summary>Whether one more may stand still in the middle of its turn.</summary>
    private bool MayNest => _nested < NestedMax;

    public void Run()
    {
        while (Steps < Weather.StormSteps)
        {
            Step();
        }

        Trace?.Say("the storm is over");
        IsStormy = false;
        _misfortunes.Mend();
        for (var step = 0; !(MayEnd && Machines.Lanes.TrueForAll(lane => lane.HasEnded)); step++)
        {
            if (step > CalmStepsMax)
            {
                throw new BrokenPromiseException("the lanes poll and poll and do not come to the end");
            }

            Step();
            MayEnd = IsSettled();
        }

        CloseTransactions();
    }

    /// <summary>Lets the storm rage until a right clock shows this.</summary>
    public void StepUntil(long clockMs)
    {
        while (ClockMs < clockMs)
        {
            Step();
        }
    }

    /// <summary>What the dead left open ends, so that everything can be read.</summary>
    private void CloseTransactions()
    {
        Kafka.NowMs += Weather.TransactionTimeoutMs + 1;
        Kafka.Transactions.Expire(Kafka.NowMs - Weather.TransactionTimeoutMs);
    }

    /// <summary>Every process dies, and one new one takes everything over, in calm weather.</summary>
    public void BeginAnew()
    {
        Machines.KillAll("the end");
        Kafka.NowMs += Weather.SessionTimeoutMs + Weather.TransactionTimeoutMs + 1;
        MayEnd = false;
        Machines.Wanted = 1;
        Machines.Start(0);
    }

    /// <summary>The end of an input as of now.</summary>
    public long EndOf(InputPartition place) => Kafka.EndOf(place, Weather.Live ? ClockMs : long.MaxValue);

    /// <summary>The process of this lane stands still in the middle of a turn, for as long as chance will.</summary>
    public void StandStill(SimulatedLane lane, string where)
    {
        if (!MayNest)
        {
            return;
        }

        Freeze(lane.Process, where);
        while (Steps < lane.Process.FrozenUntil && !lane.Process.IsDead)
        {
            LetOthersGoOn(lane);
        }
    }

    /// <summary>Somebody else's turn, while this lane is in the middle of its own.</summary>
    public void LetOthersGoOn(SimulatedLane lane)
    {
        _nested++;
        Step();
        _nested--;
        if (lane.Process.IsDead)
        {
            throw new CrashException("its process has died meanwhile");
        }
    }

    /// <summary>What a lane tells its operator.</summary>
    public void Hear(SimulatedLane lane, string sentence)
    {
        CheckpointsRefused += sentence.Contains("is not used", StringComparison.Ordinal) ? 1 : 0;
        Trace?.Say(lane, sentence);
    }

    public void Freeze(SimulatedProcess process, string where)
    {
        process.FrozenUntil = Steps + 1 + Dice[Concern.Freeze].Next(Weather.FreezeStepsMax);
        Trace?.Say($"{process.Instance}/{process.Life} stands still {where} until step {process.FrozenUntil}");
    }

    /// <summary>The process ends in good order: last commits, then it leaves the group.</summary>
    public void Stop(SimulatedProcess process)
    {
        // It may die on the way, and the dead commit nothing.
        foreach (var lane in process.Lanes.TakeWhile(_ => !process.IsDead))
        {
            Act(lane, () => lane.Engine.End());
        }

        if (!process.IsDead)
        {
            Machines.Kill(process, "told to stop");
        }
    }

    public void Dispose() => Machines.End();

    /// <summary>Everybody is here and follows the group, and everything has arrived: nothing will change any more.</summary>
    private bool IsSettled()
    {
        var living = Machines.Lanes;
        return HasAllArrived && Kafka.Group.IsSettled && Kafka.Group.MemberCount == living.Count
            && Enumerable.Range(0, Machines.Wanted).All(number => living.Exists(lane => lane.Process.Number == number))
            && living.TrueForAll(lane => Kafka.Group.Knows(lane.Source.Member));
    }

    private void Step()
    {
        Steps++;
        Tick();
        if (IsStormy)
        {
            _misfortunes.Strike();
        }
        else
        {
            _misfortunes.Revive();
        }

        var ready = Machines.Living.Where(process => process.FrozenUntil <= Steps)
            .SelectMany(process => process.Lanes).Where(lane => !lane.IsBusy && !(MayEnd && lane.HasEnded)).ToList();
        if (ready.Count > 0)
        {
            var lane = ready[Dice[Concern.Turn].Next(ready.Count)];
            Act(lane, () => Turn(lane));
        }
    }

    private void Turn(SimulatedLane lane)
    {
        var goesOn = lane.Engine.Turn();
        var hasEnded = !goesOn && lane.Source.HasSaidEnd && lane.Sink.LastStatus != CommitStatus.Fenced;
        lane.HasEnded = hasEnded;
        if (!goesOn && !hasEnded)
        {
            throw new CrashException("a lane has stopped, and with it the process");
        }

        Alignment.Check(lane);
    }

    private void Act(SimulatedLane lane, Action act)
    {
        lane.IsBusy = true;
        try
        {
            act();
        }
        catch (CrashException e)
        {
            lane.IsBusy = false;
            Machines.Kill(lane.Process, e.Message);
            return;
        }

        lane.IsBusy = false;
        if (lane.Process.IsDead)
        {
            lane.Dispose();
        }
    }

    private void Tick()
    {
        var before = ClockMs;
        Kafka.NowMs += IsStormy ? 1 + Dice[Concern.Time].Next(Weather.StepMsMax) : Weather.StepMsMax;
        var passed = TimeSpan.FromMilliseconds(ClockMs - before);
        foreach (var process in Machines.Processes)
        {
            process.Time.Advance(passed);
            if (process.IsDead || process.FrozenUntil > Steps)
            {
                continue;
            }

            foreach (var lane in process.Lanes)
            {
                lane.Source.Heartbeat();
            }
        }

        Kafka.Group.Expire(Kafka.NowMs - Weather.SessionTimeoutMs);
        Kafka.Transactions.Expire(Kafka.NowMs - Weather.TransactionTimeoutMs);
    }
}

namespace StreamSegmenter.Testing.Runs;

/// <summary>What chance decides. Each concern has a stream of numbers of its own, so that turning one kind of fault off leaves
/// the others as they were: that is what lets a failing run be made smaller.</summary>
internal enum Concern
{
    Weather,
    Feed,
    Turn,
    Time,
    Poll,
    Stuck,
    Commit,
    Restore,
    Kill,
    Stop,
    Freeze,
    Start,
    Jump,
    Compaction,
    Late,
    Disk,
    Ending,
    Exchange,
}

/// <summary>All chance of a run, out of one seed.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random?[] _streams = new Random?[(int)Concern.Exchange + 1];

    public Random this[Concern concern] => _streams[(int)concern] ??= new Random(unchecked((seed * 486_187_739) + ((int)concern * 16_777_619)));

    public bool Falls(Concern concern, double share) => this[concern].NextDouble() < share;

    public T Pick<T>(Concern concern, params ReadOnlySpan<T> values) => values[this[concern].Next(values.Length)];
}

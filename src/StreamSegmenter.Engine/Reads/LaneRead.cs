using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Engine.Reads;

/// <summary>What a portion of a read's work came to.</summary>
internal enum ReadProgress : byte
{
    /// <summary>There is more to do.</summary>
    Goes,

    /// <summary>It cannot go on before something else has ended.</summary>
    Waits,

    /// <summary>It is answered, or refused.</summary>
    Done,
}

/// <summary>One question about committed state, put by any thread and answered by the lane's, between two polls.</summary>
internal abstract class LaneRead
{
    /// <summary>Who asked waits no longer: the lane drops the read.</summary>
    public abstract bool IsOver { get; }

    /// <summary>One portion of the work, some tens of microseconds where what is read lies in memory.</summary>
    internal abstract ReadProgress Work(LaneContext lane);

    /// <summary>There will be no answer from this lane.</summary>
    internal abstract void Refuse(string reason);

    /// <summary>Lets go of what the read holds of the lane's shards.</summary>
    internal virtual void Release()
    {
    }
}

using System.Collections.Concurrent;
using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Engine.Reads;

/// <summary>The questions that wait for one lane, and what the lane gives them: between two polls at most <see cref="TurnMax"/> and the
/// portion that has begun by then, in turn, so that a long walk does not hold a look-up up. While nobody asks it costs the lane one read of
/// a field per poll. At most <see cref="WaitingMax"/> wait; a further one is refused at once.
/// <para>Only committed state is read: the customer store, which the working set enters after its commit.</para></summary>
internal sealed class LaneReads(TimeProvider clock)
{
    public const int WaitingMax = 256;

    /// <summary>What a turn of a lane may take longer by.</summary>
    public static readonly TimeSpan TurnMax = TimeSpan.FromMilliseconds(2);

    private readonly ConcurrentQueue<LaneRead> _waiting = new();
    private int _count;

    /// <returns>False: too many wait already.</returns>
    public bool TryAdd(LaneRead read)
    {
        if (Interlocked.Increment(ref _count) > WaitingMax)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        _waiting.Enqueue(read);
        return true;
    }

    /// <summary>The lane's thread, between two polls.</summary>
    /// <exception cref="State.StateDamagedException">A shard's store cannot be read; the read goes on with what is restored, or is refused.</exception>
    public void Take(LaneContext lane)
    {
        if (Volatile.Read(ref _count) > 0)
        {
            Answer(lane);
        }
    }

    /// <summary>The lane has ended, or begins anew: nobody waits in vain.</summary>
    public void RefuseAll(string reason)
    {
        while (_waiting.TryDequeue(out var read))
        {
            Leave(read);
            read.Refuse(reason);
        }
    }

    private void Answer(LaneContext lane)
    {
        var started = clock.GetTimestamp();
        for (var idle = 0; idle < WaitingMax && _waiting.TryDequeue(out var read);)
        {
            var progress = read.IsOver ? ReadProgress.Done : Work(read, lane);
            if (progress == ReadProgress.Done)
            {
                Leave(read);
            }
            else
            {
                _waiting.Enqueue(read);
            }

            // When all that is left waits for something else, another turn will find it in order.
            idle = progress == ReadProgress.Waits ? idle + 1 : 0;
            if (clock.GetElapsedTime(started) >= TurnMax || idle >= _waiting.Count)
            {
                return;
            }
        }
    }

    private ReadProgress Work(LaneRead read, LaneContext lane)
    {
        try
        {
            return read.Work(lane);
        }
        catch
        {
            // Of a damaged store, or a record that this program cannot read: the lane decides what becomes of it.
            Leave(read);
            read.Refuse("the state could not be read");
            throw;
        }
    }

    private void Leave(LaneRead read)
    {
        Interlocked.Decrement(ref _count);
        read.Release();
    }
}

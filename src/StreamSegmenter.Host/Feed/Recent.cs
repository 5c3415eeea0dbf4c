namespace StreamSegmenter.Host.Feed;

/// <summary>The last so many of what was added.</summary>
internal sealed class Recent<T>(int countMax)
    where T : class
{
    private readonly Queue<T> _queue = new();

    /// <returns>What went for it; null where there was room.</returns>
    public T? Add(T item)
    {
        _queue.Enqueue(item);
        return _queue.Count > countMax ? _queue.Dequeue() : null;
    }

    public void Clear() => _queue.Clear();

    public IReadOnlyList<T> NewestFirst()
    {
        T[] all = [.. _queue];
        Array.Reverse(all);
        return all;
    }
}

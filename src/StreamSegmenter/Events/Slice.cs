namespace StreamSegmenter.Events;

/// <summary>A piece of one event's text, counted from the start of that event's own bytes.
/// The empty slice stands for an absent field. Two 16-bit numbers, because an event's text is at most
/// <see cref="EventBatch.EventBytesMax"/> bytes long.</summary>
internal readonly record struct Slice(ushort Start, ushort Length)
{
    /// <summary>True when the field is absent (an empty text counts as absent).</summary>
    public bool IsEmpty => Length == 0;
}

using System.Text;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>A <see cref="ListStep"/> as a decoder compares it.</summary>
internal readonly struct ListStepBytes(ListStep step)
{
    /// <summary>-1 where a member selects the element.</summary>
    public int Index { get; } = step.Index;

    public byte[] Key { get; } = Encoding.UTF8.GetBytes(step.Key);

    public byte[] Value { get; } = Encoding.UTF8.GetBytes(step.Value);

    /// <summary>What follows the list's path: <c>[0]</c>, <c>[key=plan]</c>.</summary>
    public byte[] Selector { get; } = Encoding.UTF8.GetBytes(step.Selector);
}

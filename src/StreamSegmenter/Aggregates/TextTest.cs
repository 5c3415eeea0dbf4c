using System.Text;

namespace StreamSegmenter.Aggregates;

internal enum TextOp : byte
{
    Compare,
    Contains,
    StartsWith,
    EndsWith,
}

/// <summary>A test of a UTF-8 text against a constant, byte by byte. A missing (empty) text passes none.</summary>
internal sealed class TextTest(TextOp op, Comparison comparison, string constant)
{
    private readonly byte[] _constant = Encoding.UTF8.GetBytes(constant);

    public bool Holds(ReadOnlySpan<byte> text) => !text.IsEmpty && op switch
    {
        TextOp.Contains => text.IndexOf(_constant) >= 0,
        TextOp.StartsWith => text.StartsWith(_constant),
        TextOp.EndsWith => text.EndsWith(_constant),
        _ => comparison.Holds(text.SequenceCompareTo(_constant)),
    };
}

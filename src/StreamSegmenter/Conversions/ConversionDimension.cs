using System.Text;

namespace StreamSegmenter.Conversions;

/// <summary>By what the traffic is split: one event field or property, or a pair of them, whose values are then those of both.</summary>
internal sealed class ConversionDimension
{
    /// <summary>Between the fields of a pair, and between their values.</summary>
    public const char PairSign = '+';

    public ConversionDimension(string name)
    {
        Name = name;
        NameUtf8 = Encoding.UTF8.GetBytes(name);
        FieldNames = name.Split(PairSign, 2, StringSplitOptions.TrimEntries);
    }

    public string Name { get; }

    public byte[] NameUtf8 { get; }

    /// <summary>One, or the two of a pair.</summary>
    public IReadOnlyList<string> FieldNames { get; }

    public static implicit operator ConversionDimension(string name) => new(name);

    public override string ToString() => Name;
}

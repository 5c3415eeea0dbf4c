using System.Globalization;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Runtime;

/// <summary>How the mappings were used, over the decoders of all lanes. Per input, the newest decoders count, up to
/// <see cref="DecodersMax"/>: a lane that is made anew has new ones.</summary>
internal sealed class MappingUses
{
    private const int DecodersMax = 256;

    /// <summary>Fewer events prove nothing about a field that is never there.</summary>
    private const long EventsMin = 100;

    private readonly Lock _adding = new();
    private readonly Dictionary<InputConfiguration, List<MappingUse>> _uses = new(ReferenceEqualityComparer.Instance);

    public void Add(InputConfiguration input, MappingUse use)
    {
        lock (_adding)
        {
            if (!_uses.TryGetValue(input, out var uses))
            {
                uses = _uses[input] = [];
            }

            if (uses.Count == DecodersMax)
            {
                uses.RemoveAt(0);
            }

            uses.Add(use);
        }
    }

    public MappingFigures Of(InputConfiguration input)
    {
        MappingUse[] uses;
        lock (_adding)
        {
            uses = _uses.TryGetValue(input, out var known) ? [.. known] : [];
        }

        var events = uses.Sum(use => use.Events);
        var unused = events < EventsMin
            ? []
            : uses.Where(use => use.Events > 0).Select(use => use.NeverFound().ToHashSet())
                .Aggregate((a, b) => [.. a.Intersect(b)])
                .Select(field => string.Create(
                    CultureInfo.InvariantCulture, $"{field.Field} found no value at {field.Sources} in any of {events:N0} events"));
        return new MappingFigures(uses.Sum(use => use.Filtered), uses.Sum(use => use.RoundedAmounts), [.. unused]);
    }
}

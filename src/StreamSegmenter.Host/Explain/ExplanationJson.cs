using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Json.Outputs;
using StreamSegmenter.Folding;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Explain;

/// <summary>An explanation as one JSON object. Names and forms are those of the outputs: camelCase, times ISO 8601 in UTC, money in
/// minor units; triggers, suppressed triggers and membership changes are nested as their topics have them.</summary>
internal static class ExplanationJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n",
    };

    public static void Write(Explanation explanation, TextWriter output)
    {
        using var encoder = new JsonOutputEncoder();
        var state = State(explanation.View, explanation.AtMs);
        state["past"] = Happenings(explanation.Past, encoder);
        state["expected"] = Happenings(explanation.Expected, encoder);
        state["next"] = Happenings(explanation.Next, encoder);
        output.WriteLine(state.ToJsonString(Options));
    }

    /// <summary>The customer's state alone.</summary>
    public static JsonObject State(CustomerView view, long atMs) => new()
    {
        ["customerId"] = view.CustomerId,
        ["at"] = Time(atMs),
        ["firstSeenAt"] = Time(view.FirstSeenMs),
        ["lastSeenAt"] = Time(view.LastSeenMs),
        ["carts"] = new JsonArray([.. view.Carts.Select(Cart)]),
        ["segments"] = new JsonArray([.. view.Segments.Select(segment => new JsonObject
            {
                ["segment"] = segment.Segment,
                ["member"] = segment.IsMember,
                ["since"] = segment.IsMember ? Time(segment.SinceMs) : null,
                ["held"] = segment.Held is { } held ? new JsonObject { ["from"] = Time(held.FromMs), ["until"] = Time(held.UntilMs) } : null,
            })]),
    };

    private static JsonObject Cart(CartView cart) => new()
    {
        ["cartId"] = cart.CartId,
        ["stage"] = cart.Stage.ToString().ToLowerInvariant(),
        ["createdAt"] = Time(cart.CreatedMs),
        ["lastActivityAt"] = Time(cart.LastActivityMs),
        ["forgottenAt"] = Time(cart.ForgottenMs),
        ["currency"] = cart.Currency,
        ["lines"] = new JsonArray([.. cart.Lines.Select(line => new JsonObject
        {
            ["productId"] = line.ProductId, ["quantity"] = line.Quantity, ["priceMinor"] = line.PriceMinor,
        })]),
        ["deadlines"] = new JsonArray([.. cart.Deadlines.Select(deadline => new JsonObject
        {
            ["rule"] = deadline.Rule,
            ["step"] = deadline.Step,
            ["armedAt"] = Time(deadline.ArmedMs),
            ["dueAt"] = Time(deadline.DueMs),
            ["deferredFrom"] = Time(deadline.DeferredFromMs),
            ["firedAt"] = Time(deadline.FiredMs),
        })]),
    };

    private static JsonArray Happenings(IReadOnlyList<TimelineEntry> happenings, JsonOutputEncoder encoder) =>
        new([.. happenings.Select(happening => Describe(happening, encoder))]);

    private static JsonObject Describe(TimelineEntry happening, JsonOutputEncoder encoder)
    {
        var at = Time(happening.AtMs);
        return happening switch
        {
            TriggerRecorded recorded => new() { ["at"] = at, ["what"] = "trigger", ["trigger"] = NodeOf(into => encoder.Encode(recorded.Trigger, into)) },
            TriggerSuppressed suppressed => new() { ["at"] = at, ["what"] = "suppressed", ["suppressed"] = NodeOf(into => encoder.Encode(suppressed.Suppressed, into)) },
            MembershipChanged changed => new() { ["at"] = at, ["what"] = "membership", ["membership"] = NodeOf(into => encoder.Encode(changed.Change, into)) },
            StepDeferred step => new()
            {
                ["at"] = at, ["what"] = "deferred", ["rule"] = step.Rule, ["step"] = step.Step, ["cartId"] = step.CartId, ["to"] = Time(step.ToMs),
            },
            CartForgotten cart => new() { ["at"] = at, ["what"] = "forgotten", ["cartId"] = cart.CartId },
            _ => throw new ArgumentOutOfRangeException(nameof(happening), happening, null),
        };
    }

    private static JsonNode? NodeOf(Action<IBufferWriter<byte>> encode)
    {
        var bytes = new ArrayBufferWriter<byte>();
        encode(bytes);
        return JsonNode.Parse(bytes.WrittenSpan);
    }

    private static string? Time(long? timeMs)
    {
        if (timeMs is not { } known)
        {
            return null;
        }

        Span<byte> text = stackalloc byte[IsoTime.Length];
        IsoTime.Write(known, text);
        return Encoding.ASCII.GetString(text);
    }
}

using System.Text;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Triggers;

/// <summary>Makes the trigger of a step that fired from the cart as it then is.</summary>
internal static class TriggerFactory
{
    public static CartAbandoned Emitted(
        CustomerRecord record, CompiledRule rule, Span<byte> cart, ReadOnlySpan<byte> customerKey, int step, long armedAtMs,
        long firedAtMs)
    {
        ref readonly var header = ref CartSections.Header(cart);
        var value = CartValue.Of(cart);
        return new CartAbandoned(
            TriggerId.Of(rule.Rule.Id, rule.VersionText, customerKey, CartSections.Id(cart), step, armedAtMs),
            rule.Rule.Id, rule.VersionText, TriggerKind.Emitted, step, header.Stage, Encoding.UTF8.GetString(customerKey),
            CartDescription.CartId(cart), CartDescription.Lines(cart), value.TotalMinor, CartDescription.Currency(cart),
            header.CreatedMs, armedAtMs, firedAtMs, RuleAttributes.Read(record, rule.Rule.Attributes));
    }
}

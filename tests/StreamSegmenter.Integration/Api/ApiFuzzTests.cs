using System.Net;
using System.Text;

namespace StreamSegmenter.Integration.Api;

/// <summary>Requests that nobody meant: each gets an answer that is not the program's fault.</summary>
public sealed class ApiFuzzTests(OpenShop shop) : IClassFixture<OpenShop>
{
    private const int Requests = 5_000;

    private static readonly string[] Paths =
    [
        "status", "shards", "segments", "segments/vip/members", "segments/{0}/members", "customers/{0}", "customers/", "conversions", "rules", "triggers",
        "memberships", "dead-letters", "definitions", "openapi.json", "{0}", "segments//members",
    ];

    private static readonly string[] Names = ["limit", "after", "at", "windowMs", "dimension", "from", "to", "rule", "kind", "reason", "customer", "segment", "x"];

    private static readonly string[] Values =
    [
        "", "0", "-1", "1", "1000", "1001", "99999999999999999999", "1e9", "NaN", "abc", "2026-01-01T00:00:00Z", "0001-01-01", "9999-12-31T23:59:59Z", "2026-13-45",
        "vip", "..", "%00", "%", "%ff%fe", "a%2Fb", "%F0%9F%98%80", "'", "\"", "<script>", "%0d%0aSet-Cookie:x=1", "null", "true", "60000", "10000", "device", "all",
    ];

    [Fact]
    public async Task No_request_is_answered_with_an_error_of_the_program()
    {
        var codes = new SortedDictionary<HttpStatusCode, int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 8), async (worker, _) =>
        {
            var random = new Random(worker);
            for (var i = 0; i < Requests / 8; i++)
            {
                var target = Make(random);
                using var request = new HttpRequestMessage(random.Next(20) == 0 ? HttpMethod.Post : HttpMethod.Get, target);
                if (random.Next(5) == 0)
                {
                    request.Headers.TryAddWithoutValidation("Accept", Values[random.Next(Values.Length)]);
                }

                using var response = await shop.Client.SendAsync(request);
                Assert.True(response.StatusCode != HttpStatusCode.InternalServerError, target);
                Assert.False(response.Headers.Contains("Set-Cookie"), target);
                lock (codes)
                {
                    codes[response.StatusCode] = codes.GetValueOrDefault(response.StatusCode) + 1;
                }
            }
        });
        Assert.Contains(HttpStatusCode.OK, codes.Keys);
        Assert.Contains(HttpStatusCode.BadRequest, codes.Keys);
        Assert.Contains(HttpStatusCode.NotFound, codes.Keys);

        // The engine goes on as before.
        Assert.True((await shop.UntilAsync("/api/v1/status", status => status["ready"]!.GetValue<bool>()))["records"]!.GetValue<long>() > 0);
    }

    private static string Make(Random random)
    {
        var target = new StringBuilder("/api/v1/").AppendFormat(
            System.Globalization.CultureInfo.InvariantCulture, Paths[random.Next(Paths.Length)], Values[random.Next(Values.Length)]);
        for (var count = random.Next(4); count > 0; count--)
        {
            target.Append(target.ToString().Contains('?') ? '&' : '?').Append(Names[random.Next(Names.Length)]).Append('=').Append(Values[random.Next(Values.Length)]);
        }

        return target.ToString();
    }
}

using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;

namespace Ledger.App.Views.Moments;

/// <summary>The addresses that a page leads to: of the same moment as the page itself, so that whoever looks at the past stays there.</summary>
internal sealed class MomentLinks
{
    private Moment _moment = new();

    /// <summary>Has links lead to a moment that was found to be one.</summary>
    public void Keep(Moment moment) => _moment = moment;

    /// <summary>What the address of the moment asks for.</summary>
    public IEnumerable<(string Name, string Value)> Fields
    {
        get
        {
            (string Name, string? Value)[] asked = [("asOf", _moment.AsOf), ("at", _moment.At), ("effective", _moment.Effective), ("after", _moment.After)];
            return asked.Where(one => one.Value is not null).Select(one => (one.Name, one.Value!));
        }
    }

    /// <summary>The address of the page itself, in the present.</summary>
    public static string Present(NavigationManager navigation) =>
        new Uri(navigation.GetUriWithQueryParameters(Moment.Names.ToDictionary(name => name, _ => (object?)null))).PathAndQuery;

    /// <param name="address">A path of ours; it may have a query and a fragment.</param>
    public string To(string address) => _moment.IsPresent ? address
        : QueryHelpers.AddQueryString(address, Fields.Select(asked => KeyValuePair.Create(asked.Name, (string?)asked.Value)));
}

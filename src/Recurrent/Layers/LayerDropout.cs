namespace Recurrent.Layers;

/// <summary>Dropout of one layer of a model in training; rates are from 0 up to but not including 1.</summary>
/// <param name="Elements">
/// In front of the layer, every element of every step on its own (Srivastava et al. 2014).
/// </param>
/// <param name="Input">
/// In front of the layer, an element in all steps of a sequence or in none (Keras <c>dropout</c> of a recurrent layer).
/// </param>
/// <param name="State">
/// Of the state that recurs, for a whole sequence (Keras <c>recurrent_dropout</c>; Gal &amp; Ghahramani 2016).
/// </param>
public readonly record struct LayerDropout(float Elements = 0, float Input = 0, float State = 0);

/**
 * Feeds decoders of outside bytes with what nobody meant to send: real samples, damaged in many ways by a seeded generator. A test
 * says what a decoder may throw; everything else, a decoder that does not end, and memory out of proportion to the input are faults.
 */
@NullMarked
package io.etcetera.testing.fuzz;

import org.jspecify.annotations.NullMarked;
